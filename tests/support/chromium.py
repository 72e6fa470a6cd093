"""A real headless Chromium, driven over its pipe, for whoever plays a person at a page."""
import json, os, subprocess


def note(file, line):
    """Leaves a line in $HOME/FILE: what the tests count."""
    with open(os.path.join(os.environ["HOME"], file), "a") as lines:
        lines.write(line + "\n")


class Chromium:
    def __init__(self):
        (self.theirs_in, self.our_out), (self.our_in, self.theirs_out) = os.pipe(), os.pipe()
        folder = os.path.join(os.environ["HOME"], "chromium")
        line = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                f"--user-data-dir={folder}", "--remote-debugging-pipe", "about:blank"]
        command = 'exec "$@" 3<&%d 4>&%d' % (self.theirs_in, self.theirs_out)
        self.process = subprocess.Popen(["bash", "-c", command, "chromium", *line], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        pass_fds=(self.theirs_in, self.theirs_out))
        self.count, self.rest = 0, b""

    def call(self, method, session=None, **params):
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.our_out, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                more = os.read(self.our_in, 65536)
                if not more:
                    raise SystemExit("chromium has gone away")
                self.rest += more
            answer, self.rest = self.rest.split(b"\0", 1)
            answer = json.loads(answer)
            if answer.get("id") == self.count:
                return answer.get("result", {})

    def open(self, url):
        """Opens a page, and returns what evaluates an expression there."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.navigate", session, url=url)

        def evaluate(text):
            answer = self.call("Runtime.evaluate", session, expression=text, returnByValue=True)
            return answer.get("result", {}).get("value")

        return evaluate
