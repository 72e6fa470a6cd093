"""A person at the pages of `oidc-provider`, in a real headless Chromium: `provider_page.py allow|deny URL`, as $BROWSER.

Signs in as alice and agrees to what is asked, whichever pages come, until one says that it is done; or goes back by the
page's own way to say no. Each visit leaves a line in $HOME/visits.
"""
import json, os, sys, time

sys.dont_write_bytecode = True
from chromium import Chromium, note

how, url = sys.argv[1:3]

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
note("visits", url)
chromium = Chromium()
evaluate = chromium.open(url)
deadline = time.time() + 60
said = ""
while not said and time.time() < deadline:
    time.sleep(0.05)
    said = evaluate(STEP.replace("HOW", json.dumps(how))) or ""
if not said:
    said = f"stuck at {evaluate('document.body.innerText')}"
note("titles", said.split("\n")[0])
chromium.call("Browser.close")
