"""Superset's settings, for `make superset` and the container; Superset finds them by SUPERSET_CONFIG_PATH."""

import os

#: Signs sessions and encrypts the password of the connection; no default, on purpose.
SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
if len(SECRET_KEY) < 32:
    raise ValueError("SUPERSET_SECRET_KEY needs at least 32 characters")

#: Where Superset keeps its users, charts and dashboards; the shop's figures are read from another place.
SQLALCHEMY_DATABASE_URI = os.environ["SUPERSET_METADATA_URL"]

LANGUAGES = {
    "zh": {"flag": "cn", "name": "中文"},
    "en": {"flag": "us", "name": "English"},
}
BABEL_DEFAULT_LOCALE = os.environ.get("SUPERSET_LANGUAGE", "zh")

#: One process serves a shop's office; charts read a release that is never half there, so results may be kept.
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 300}
FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = {
    "CACHE_TYPE": "SupersetMetastoreCache",
    "CACHE_DEFAULT_TIMEOUT": 86400,
}

#: Nothing is sent anywhere, and nothing is drawn from elsewhere: browsers are told to ask no other server.
#: Superset's own list also allows maps, and the picture by which page views are counted.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "object-src": "'none'",
        "script-src": ["'self'", "'strict-dynamic'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "worker-src": ["'self'", "blob:"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
WTF_CSRF_ENABLED = True
