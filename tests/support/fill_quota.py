"""Runs a program while what this user may keep in the kernel's keyrings is spent on keys that are not ours."""

import ctypes
import platform
import subprocess
import sys

ADD_KEY, KEYCTL = {"x86_64": (248, 250), "aarch64": (217, 219)}[platform.machine()]
USER_KEYRING, UNLINK = -4, 9
syscall = ctypes.CDLL(None, use_errno=True).syscall

keys, size = [], 4000
while size:
    key = syscall(ADD_KEY, b"user", b"foreign-%d" % len(keys), b"x" * size, size, USER_KEYRING)
    if key < 0:
        size //= 2
        continue
    keys.append(key)
ended = subprocess.run(sys.argv[1:]).returncode
for key in keys:
    syscall(KEYCTL, UNLINK, key, USER_KEYRING)
sys.exit(ended)
