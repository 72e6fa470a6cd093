"""A person at the sandbox's sign-in page: `sign_in_page.py HOW USER URL`, as $BROWSER.

HOW is `allow` or `deny`, by plain HTTP; `chromium-allow` or `chromium-deny`, by a click in a real headless Chromium;
`leave` opens the page and goes away. Each visit leaves a line in $HOME/visits.
"""
import html, json, re, sys, time, urllib.parse, urllib.request

sys.dont_write_bytecode = True
from chromium import Chromium, note

how, user, url = sys.argv[1:4]


def by_http(decision):
    page = urllib.request.urlopen(url).read().decode()
    fields = {k: html.unescape(v) for k, v in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
    fields.update(user=user, decision=decision)
    target = urllib.parse.urljoin(url, re.search(r'action="([^"]+)"', page).group(1))
    data = urllib.parse.urlencode(fields).encode()
    page = urllib.request.urlopen(urllib.request.Request(target, data=data)).read().decode()
    return re.search(r"<h1>([^<]*)", page).group(1)


def by_click(decision):
    chromium = Chromium()
    evaluate = chromium.open(url)

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
    chromium.call("Browser.close")
    return title


note("visits", url)
if how.startswith("chromium-"):
    title = by_click(how.removeprefix("chromium-"))
else:
    title = "" if how == "leave" else by_http(how)
note("titles", title)
