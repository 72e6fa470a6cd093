"""Spends what this user may keep in the kernel's keyrings on keys that are not ours and end after two minutes, and then
becomes the program that is named."""

import ctypes
import os
import platform
import sys

ADD_KEY, KEYCTL = {"x86_64": (248, 250), "aarch64": (217, 219)}[platform.machine()]
USER_KEYRING, SET_TIMEOUT = -4, 15
syscall = ctypes.CDLL(None, use_errno=True).syscall

number, size = 0, 4000
while size:
    key = syscall(ADD_KEY, b"user", b"foreign-%d" % number, b"x" * size, size, USER_KEYRING)
    if key < 0:
        size //= 2
        continue
    syscall(KEYCTL, SET_TIMEOUT, key, 120)
    number += 1
os.execvp(sys.argv[1], sys.argv[1:])
