"""AWS Sign-In's token service on loopback: `signin.py CREDENTIALS KEY [refuse]`. Prints its port.

CREDENTIALS is a JSON file with what a refreshed session is made of; KEY is the public key whose holder may refresh. A
proof (RFC 9449, DPoP) is verified with PyJWT, and each request leaves a line in $HOME/refreshes.
"""
import http.server, json, os, sys, time

import jwt

credentials, key = json.load(open(sys.argv[1])), open(sys.argv[2]).read()
refuses = len(sys.argv) > 3
proofs = set()


class SignIn(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        note = lambda word: open(os.path.join(os.environ["HOME"], "refreshes"), "a").write(word + "\n")
        try:
            self.verify(body)
        except Exception as error:
            note(f"refused: {error!r}")
            return self.answer(401, {"error": "INVALID_REQUEST", "message": "no proof"}, "AccessDeniedException")
        if refuses:
            note("refused")
            return self.answer(401, {"error": "TOKEN_EXPIRED", "message": "expired"}, "AccessDeniedException")
        note("refreshed")
        self.answer(200, {
            "accessToken": {
                "accessKeyId": credentials["AWS_ACCESS_KEY_ID"],
                "secretAccessKey": credentials["AWS_SECRET_ACCESS_KEY"],
                "sessionToken": credentials["AWS_SESSION_TOKEN"],
            },
            "tokenType": "aws_sigv4",
            "expiresIn": 900,
            "refreshToken": "refresh-2",
        })

    def verify(self, body):
        assert self.path == "/v1/token", self.path
        assert body["clientId"] == "arn:aws:signin:::devtools/same-device", body
        assert body["grantType"] == "refresh_token" and body["refreshToken"] == "refresh-1", "the grant"
        proof = self.headers["DPoP"]
        claims = jwt.decode(proof, key, algorithms=["ES256"], options={"require": ["iat", "jti"]})
        assert jwt.get_unverified_header(proof)["typ"] == "dpop+jwt"
        assert claims["htm"] == "POST" and claims["htu"].endswith("/v1/token"), claims
        assert abs(claims["iat"] - time.time()) < 300 and claims["jti"] not in proofs, "the time"
        proofs.add(claims["jti"])

    def answer(self, status, body, error=None):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SignIn)
print(server.server_address[1], flush=True)
server.serve_forever()
