"""What people call the device and the browser that they have signed in with."""

# The first that occurs: the names of later ones stand in the user agents of earlier ones as well.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
]


def device_name(user_agent: str) -> str:
    """E.g. "Chrome on Windows"; "Another program" for what is no known browser. Never the user agent itself."""
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if not browser:
        return "Another program"
    return f"{browser} on {system}" if system else browser


def _first(names, user_agent) -> str:
    return next((name for part, name in names if part in user_agent), "")
