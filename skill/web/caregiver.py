"""The caregiver's door: one link, one page, one button at a time; no account, no cookie, no script.

A look (GET, HEAD) changes nothing and shows nothing about health: scanners of mail and previews of
messages open links. Only a press (POST) acts. It needs no token against forged requests: the link
itself is the secret, no cookie goes with it, and whoever could forge a press holds the link already.
A press is never limited by count: somebody may be lying on the floor.
"""

import base64
import hashlib
import logging
import re
from importlib import resources

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup
from msgspec.structs import replace
from werkzeug.exceptions import RequestEntityTooLarge

from skill.domain.messages import MessageKind
from skill.errors import DoseKeeperError, NotFoundError
from skill.logs import event
from skill.phrases.catalogue import Catalogue, Phrases
from skill.phrases.grammar import DEFAULT_LOCALE
from skill.service.act import App
from skill.service.answers import Action, carry_out
from skill.service.tokens import LINK_PATH, Shown, find_by_token, still_open
from skill.web.caregiver_view import NO_TURN, Button, Page, View, notice

MOST_BYTES = 4 * 1024
_TURN = re.compile(r"[0-9]{1,12}")
_DUE = re.compile(r"[0-9]{8}T[0-9]{4}Z")
_DOSE_ACTIONS = {Action.GAVE_IT, Action.SAW_IT}
_log = logging.getLogger(__name__)


def caregiver_pages(app: App, catalogue: Catalogue) -> Blueprint:
    """``GET`` and ``POST /a/<token>``. Every answer is a page in plain words, also every refusal."""
    style = (resources.files("skill.web") / "static" / "page.css").read_text("utf-8")
    door = _Door(app, catalogue, style)
    pages = Blueprint("caregiver", __name__, template_folder="templates")
    # Everything below the path is ours, so that a link that was cut or garbled gets a page as well.
    for rule in (LINK_PATH, f"{LINK_PATH}<path:token>"):
        pages.add_url_rule(rule, "look", door.look, methods=["GET"])
        pages.add_url_rule(rule, "press", door.press, methods=["POST"])
    pages.register_error_handler(DoseKeeperError, door.failed)
    pages.register_error_handler(RequestEntityTooLarge, door.too_large)
    pages.after_request(door.guarded)
    return pages


class _Door:
    """The views of the blueprint, over one app."""

    def __init__(self, app: App, catalogue: Catalogue, style: str) -> None:
        self._app = app
        self._catalogue = catalogue
        self._style = Markup(style)  # noqa: S704 - our own file, nothing of anybody's is in it
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )

    # ---- the two doors

    def look(self, token: str = "") -> Response:
        opened = self._open(token)
        if opened is None:
            return self._gone()
        shown, page = opened
        if shown.ticket.kind is MessageKind.TEST:
            return self._shown(page.phrases, notice(page.phrases, "page.title", "page.test"))
        return self._shown(page.phrases, page.closed_door())

    def press(self, token: str = "") -> Response:
        request.max_content_length = MOST_BYTES
        form = request.form
        opened = self._open(token)
        if opened is None:
            return self._gone()
        shown, page = opened
        if shown.ticket.kind is MessageKind.TEST:
            return self._shown(page.phrases, notice(page.phrases, "page.title", "page.test"))
        action, due = _action(form.get("action")), form.get("due")
        doses = page.doses_of(due) if action in _DOSE_ACTIONS else ()
        if action is None or (action in _DOSE_ACTIONS and not doses):
            return self._shown(page.phrases, notice(page.phrases, "page.title", "page.press_again"), 400)
        operation = f"page/{shown.digest}/{action.value}/{due if doses else '-'}/{_turn()}"
        answered = carry_out(self._app, shown.ticket, action, operation, doses=doses)
        event(_log, "page_answered", patient_id=shown.ticket.patient_id, reason=action)
        alerts = still_open(shown.ticket, answered.chart, self._app.clock.now())
        after = replace(page, chart=answered.chart, alerts=alerts or page.alerts)
        # What was decided the first time may have changed since; how things stand is always true.
        return self._shown(page.phrases, after.answered(() if answered.repeated else answered.decisions))

    def _open(self, token: str) -> tuple[Shown, Page] | None:
        """What the link opens now; None also for a person who was removed or whose consent was taken back."""
        shown = find_by_token(self._app, token)
        if shown is None:
            return None
        ticket, now = shown.ticket, self._app.clock.now()
        try:
            chart = self._app.charts.load(ticket.patient_id).chart
        except NotFoundError:
            return None
        contact = chart.find_contact(ticket.contact_id)
        alerts = still_open(ticket, chart, now)
        if contact is None or not contact.consented or not (alerts or ticket.kind is MessageKind.TEST):
            return None
        phrases = self._catalogue.load(contact.locale)
        page = Page(phrases=phrases, chart=chart, alerts=alerts, contact=contact, kind=ticket.kind, now=now)
        return shown, page

    # ---- refusals, in plain words

    def _gone(self) -> Response:
        phrases = self._phrases_of_reader()
        return self._shown(phrases, notice(phrases, "page.gone", "page.gone_more"), 404)

    def too_large(self, _: RequestEntityTooLarge) -> Response:
        phrases = self._phrases_of_reader()
        return self._shown(phrases, notice(phrases, "page.title", "page.press_again"), 413)

    def failed(self, problem: DoseKeeperError) -> Response:
        """Nothing may be called written down; the same press once more is safe."""
        event(_log, "page_failed", level=logging.ERROR, error=problem)
        phrases = self._phrases_of_reader()
        action = _action(request.form.get("action")) if request.method == "POST" else None
        if action is None:
            return self._shown(phrases, notice(phrases, "page.out_of_order", "page.try_later"), 503)
        again = Button(action=action, text=phrases.say("page.once_more"), due=_due_again())
        said = notice(phrases, "page.out_of_order", "page.not_written")
        view = replace(said, buttons=(again,), turn=_turn())
        return self._shown(phrases, view, 503)

    def _phrases_of_reader(self) -> Phrases:
        """In the language of the browser: nobody knows whose link it was."""
        best = request.accept_languages.best_match(self._catalogue.locales())
        return self._catalogue.load(best or DEFAULT_LOCALE)

    # ---- answers

    def _shown(self, phrases: Phrases, view: View, status: int = 200) -> Response:
        page = render_template(
            "caregiver.html",
            lang=phrases.locale,
            title=phrases.say("page.title"),
            style=self._style,
            view=view,
        )
        return Response(page, status=status, content_type="text/html; charset=utf-8")

    def guarded(self, response: Response) -> Response:
        """Nobody keeps the page, follows its address, frames it, or runs anything in it."""
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = self._policy
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response


def _action(name: str | None) -> Action | None:
    return Action(name) if name in set(Action) else None


def _turn() -> str:
    """Which showing of the page the press came from; two presses of one showing are one."""
    turn = request.form.get("turn", NO_TURN)
    return turn if _TURN.fullmatch(turn) else NO_TURN


def _due_again() -> str | None:
    due = request.form.get("due", "")
    return due if _DUE.fullmatch(due) else None
