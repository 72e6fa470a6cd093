//! Every secret store, on the real thing: the kernel's keyring, a real Secret Service, the encrypted file.

mod file;
mod kernel;
mod os;
mod told;
