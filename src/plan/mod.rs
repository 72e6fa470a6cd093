//! What will be done, decided before anything is.
