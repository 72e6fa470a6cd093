"""A person at the pages of `oidc-provider`, in a real headless Chromium: `provider_page.py allow|deny URL`, as $BROWSER.

Signs in as alice and agrees to what is asked, whichever pages come, until one says that it is done; or goes back by the
page's own way to say no. Each visit leaves a line in $HOME/visits. Chromium is driven over its pipe.
"""
import json, os, subprocess, sys, time

how, url = sys.argv[1:3]


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


STEP = """(() => {
  const text = document.title + ' ' + (document.body ? document.body.innerText : '');
  // Whoever waits for the browser may be gone before it has asked twice.
  if (/Signed in|Not signed in|Sign-in Success|refused to connect/.test(text)) return 'done: ' + text;
  if (document.readyState !== 'complete' || document.seen) return '';
  const no = [...document.querySelectorAll('a, button[name=abort]')].find((e) => /Cancel|Abort/.test(e.innerText));
  const login = document.querySelector('input[name=login]');
  const yes = document.querySelector('button[type=submit]:not([name=abort])');
  if (HOW === 'deny' && no) { document.seen = true; no.click(); return ''; }
  if (login) { login.value = 'alice'; document.querySelector('input[name=password]').value = 'x'; }
  if (yes) { document.seen = true; yes.click(); }
  return '';
})()"""

# Whoever opened the browser does not wait for it to close.
for descriptor in (1, 2):
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
with open(os.path.join(os.environ["HOME"], "visits"), "a") as visits:
    visits.write(url + "\n")
chromium = Chromium()
target = chromium.call("Target.createTarget", url="about:blank")["targetId"]
session = chromium.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
chromium.call("Page.navigate", session, url=url)
deadline = time.time() + 60
said = ""
while not said and time.time() < deadline:
    time.sleep(0.05)
    answer = chromium.call("Runtime.evaluate", session, returnByValue=True, expression=STEP.replace("HOW", json.dumps(how)))
    said = answer.get("result", {}).get("value") or ""
if not said:
    page = chromium.call("Runtime.evaluate", session, returnByValue=True, expression="document.body.innerText")
    said = f"stuck at {page}"
with open(os.path.join(os.environ["HOME"], "titles"), "a") as titles:
    titles.write(said.split("\n")[0] + "\n")
chromium.call("Browser.close")
