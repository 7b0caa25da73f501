# SPDX-License-Identifier: Apache-2.0
"""github_launcher.py - the real MGraph-AI GitHub Service, pointed at another GitHub: its own is hard-wired. What it asks of that
goes to the address in the file that GITHUB_URL_FILE names, which each test writes; run by .venv-sisters' Python."""

import os
import pathlib

import requests.adapters
from mgraph_ai_service_github.fast_api.lambda_handler import app  # what uvicorn serves
from mgraph_ai_service_github.service.github.GitHub__API import set_session_factory
from mgraph_ai_service_github.service.github.session.Requests__Session__Github import Requests__Session__Github

__all__ = ["app"]
GITHUB = "https://api.github.com"
URL_FILE = pathlib.Path(os.environ["GITHUB_URL_FILE"])


class Elsewhere(requests.adapters.HTTPAdapter):
    def send(self, request, **options):
        request.url = request.url.replace(GITHUB, URL_FILE.read_text(), 1)
        return super().send(request, **options)


def session(token):
    """Its own, but for where it goes."""
    made = Requests__Session__Github(api_token=token)
    made.requests_session().mount(GITHUB, Elsewhere())
    return made


set_session_factory(session)
