"""Opens TLS before a server of this machine: tls_front.py CERTIFICATE KEY PORT. Prints its own port, then serves."""

import socket
import ssl
import sys
import threading

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)


def pour(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(plain):
    try:
        inside = context.wrap_socket(plain, server_side=True)
    except (OSError, ssl.SSLError):
        return
    behind = socket.create_connection(("127.0.0.1", int(sys.argv[3])))
    threading.Thread(target=pour, args=(inside, behind), daemon=True).start()
    pour(behind, inside)
    inside.close()


while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
