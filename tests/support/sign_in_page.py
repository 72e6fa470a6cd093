"""A person at the sandbox's sign-in page: `sign_in_page.py HOW USER URL`, as $BROWSER.

HOW is `allow` or `deny`, by plain HTTP; `chromium-allow` or `chromium-deny`, by a click in a real headless Chromium;
`leave` opens the page and goes away. Each visit leaves a line in $HOME/visits. Chromium is driven over its pipe.
"""
import html, json, os, re, subprocess, sys, time, urllib.parse, urllib.request

how, user, url = sys.argv[1:4]


def by_http(decision):
    page = urllib.request.urlopen(url).read().decode()
    fields = {k: html.unescape(v) for k, v in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
    fields.update(user=user, decision=decision)
    target = urllib.parse.urljoin(url, re.search(r'action="([^"]+)"', page).group(1))
    data = urllib.parse.urlencode(fields).encode()
    page = urllib.request.urlopen(urllib.request.Request(target, data=data)).read().decode()
    return re.search(r"<h1>([^<]*)", page).group(1)


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

    def visit(self, decision):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.navigate", session, url=url)

        def evaluate(text):
            answer = self.call("Runtime.evaluate", session, expression=text, returnByValue=True)
            return answer.get("result", {}).get("value")

        def wait(text):
            deadline = time.time() + 30
            while time.time() < deadline:
                value = evaluate(text)
                if value:
                    return value
                time.sleep(0.05)
            raise SystemExit(f"the page does not come to {text}: {evaluate('document.documentElement.outerHTML')}")

        wait(f"document.getElementById('{decision}') !== null")
        evaluate(f"document.getElementById('user').value = {json.dumps(user)}")
        evaluate(f"document.getElementById('{decision}').click()")
        title = wait(f"document.getElementById('{decision}') === null && document.title")
        self.call("Browser.close")
        return title


with open(os.path.join(os.environ["HOME"], "visits"), "a") as visits:
    visits.write(url + "\n")
if how.startswith("chromium-"):
    title = Chromium().visit(how.removeprefix("chromium-"))
else:
    title = "" if how == "leave" else by_http(how)
with open(os.path.join(os.environ["HOME"], "titles"), "a") as titles:
    titles.write(title + "\n")
