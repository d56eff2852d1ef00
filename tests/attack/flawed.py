"""A planted fault, for one test: a proxy in front of the server under test that shows the first
resident's people to the second. Arguments: server's port, the first's token, the second's. Prints
its own port."""

import http.client
import http.server
import sys

port, first, second = int(sys.argv[1]), sys.argv[2], sys.argv[3]
FLAWED = "/api/teeka/v1/beneficiaries/"


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        if self.command == "GET" and self.path.startswith(FLAWED):
            for name, value in headers.items():
                if name.lower() == "authorization" and value == f"Bearer {second}":
                    headers[name] = f"Bearer {first}"
        server = http.client.HTTPConnection("127.0.0.1", port)
        server.request(self.command, self.path, body or None, headers)
        answer = server.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        # A 204 has neither a body nor a length.
        if answer.status != 204:
            self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        server.close()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = forward

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
print(server.server_address[1], flush=True)
server.serve_forever()
