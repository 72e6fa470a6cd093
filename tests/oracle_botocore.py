"""What botocore does with AWS files: for each profile, the AssumeRole calls that it makes and whose key signed them.

Reads {"folder", "profiles"} on standard input, and writes {profile: {"calls": [...], "key": ..., "error": ...}}.
"""
import http.server
import json
import os
import re
import sys
import threading
import urllib.parse

import botocore.session

calls = []

ANSWER = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>arn:aws:sts::111111111111:assumed-role/x/y</Arn><AssumedRoleId>AROA:y</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


class Sts(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        call = dict(urllib.parse.parse_qsl(form))
        call["key"] = re.search(r"Credential=([^/]+)/", self.headers["Authorization"]).group(1)
        call["signed_for"] = self.headers["Authorization"].split("/")[2]
        calls.append(call)
        body = (ANSWER % ("ASIAROLE%012d" % len(calls))).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def resolve(profile):
    calls.clear()
    try:
        session = botocore.session.Session(profile=profile)
        assume_role = session.get_component("credential_provider").get_provider("assume-role")
        assume_role._prompter = lambda _: "123456"
        found = session.get_credentials()
        key = found.get_frozen_credentials().access_key if found else None
        return {"calls": list(calls), "key": key, "error": None if found else "none"}
    except Exception as error:
        return {"calls": list(calls), "key": None, "error": type(error).__name__}


def main():
    asked = json.load(sys.stdin)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:%d" % server.server_port
    os.environ["AWS_CONFIG_FILE"] = asked["folder"] + "/config"
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = asked["folder"] + "/credentials"
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    json.dump({profile: resolve(profile) for profile in asked["profiles"]}, sys.stdout)


main()
