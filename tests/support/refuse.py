"""Runs a program to which the kernel refuses system calls of its keyrings, as containers' filters do.

refuse.py CALL=ERRNO... -- PROGRAM ARGUMENT...   CALL is `keyctl`, `add_key`, or `keyctl:N` for that operation only.
"""

import ctypes
import os
import platform
import struct
import sys

NUMBERS = {
    "x86_64": {"add_key": 248, "request_key": 249, "keyctl": 250},
    "aarch64": {"add_key": 217, "request_key": 218, "keyctl": 219},
}[platform.machine()]

LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
NUMBER_AT, FIRST_ARGUMENT_AT = 0, 16


def instruction(code, value, on_true=0, on_false=0):
    return struct.pack("HBBI", code, on_true, on_false, value)


def program(rules):
    code = b""
    for rule in rules:
        call, errno = rule.split("=")
        name, _, operation = call.partition(":")
        refuse = instruction(RETURN, REFUSE | int(errno))
        code += instruction(LOAD, NUMBER_AT)
        if operation:
            code += instruction(JUMP_IF_EQUAL, NUMBERS[name], 0, 3)
            code += instruction(LOAD, FIRST_ARGUMENT_AT)
            code += instruction(JUMP_IF_EQUAL, int(operation), 0, 1) + refuse
        else:
            code += instruction(JUMP_IF_EQUAL, NUMBERS[name], 0, 1) + refuse
    return code + instruction(RETURN, ALLOW)


split = sys.argv.index("--")
filter_code = ctypes.create_string_buffer(program(sys.argv[1:split]))
head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", (len(filter_code) - 1) // 8, ctypes.addressof(filter_code)))
prctl = ctypes.CDLL(None, use_errno=True).prctl
prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
NO_NEW_PRIVS, SECCOMP, MODE_FILTER = 38, 22, 2
if prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(SECCOMP, MODE_FILTER, ctypes.addressof(head), 0, 0):
    sys.exit(os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[split + 1], sys.argv[split + 1 :])
