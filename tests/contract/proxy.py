"""A proxy for one test: takes whatever host a client asks for, ends TLS with the test's certificate,
and hands the bytes to the server under test. Arguments: certificate, key, server's port. Prints its
own port."""

import socket
import ssl
import sys
import threading

certificate, key, server = sys.argv[1], sys.argv[2], int(sys.argv[3])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    finally:
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def serve(client):
    head = b""
    while b"\r\n\r\n" not in head:
        data = client.recv(65536)
        if not data:
            return
        head += data
    upstream = socket.create_connection(("127.0.0.1", server))
    if head.startswith(b"CONNECT "):
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        client = context.wrap_socket(client, server_side=True)
    else:
        # A client that writes the whole address into the request line: the server takes that.
        upstream.sendall(head)
    threading.Thread(target=pump, args=(upstream, client), daemon=True).start()
    pump(client, upstream)


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
