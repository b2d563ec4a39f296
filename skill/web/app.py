"""The Flask app: Alexa, the caregivers' pages, replies by SMS, and whether we are well."""

from datetime import timedelta

from flask import Flask, Response, jsonify

from skill.chance import Chance
from skill.clock import is_synchronised
from skill.errors import DoseKeeperError
from skill.phrases.catalogue import Catalogue
from skill.service.act import App
from skill.service.sweep import last_beat, out_after
from skill.settings import Settings
from skill.web.alexa import Answer, alexa_door
from skill.web.alexa_chain import load_roots
from skill.web.alexa_fetch import Fetch, HttpsFetch
from skill.web.alexa_verifier import Verifier
from skill.web.caregiver import caregiver_pages
from skill.web.hooks import hooks

LARGEST_BODY = 256 * 1024


def build_app(
    settings: Settings, app: App, chance: Chance, catalogue: Catalogue, answer: Answer, *, fetch: Fetch | None
) -> Flask:
    """All doors on one Flask app. ``fetch`` brings Amazon's certificates; None: over the network."""
    flask = Flask("dosekeeper", static_folder=None, template_folder=None)
    flask.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    roots = settings.web.trust_roots
    verifier = Verifier(load_roots(roots), fetch or HttpsFetch(roots), app.clock)
    flask.register_blueprint(alexa_door(answer, verifier, app.clock, settings.alexa.skill_id))
    flask.register_blueprint(caregiver_pages(app, catalogue))
    flask.register_blueprint(hooks(settings, app))
    _add_health(flask, app, out_after(settings.heartbeat))
    return flask


def _add_health(flask: Flask, app: App, silence: timedelta) -> None:
    @flask.get("/healthz")
    def healthz() -> Response:
        """The process answers."""
        return jsonify(status="ok")

    @flask.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """Somebody sweeps, the store answers, and the machine knows what time it is."""
        try:
            beat = last_beat(app)
        except DoseKeeperError:
            return jsonify(status="store does not answer"), 503
        sweeping = beat is not None and app.clock.now() - beat <= silence
        synchronised = is_synchronised()
        ready = sweeping and synchronised is not False
        facts = {
            "status": "ready" if ready else "not ready",
            "last_sweep": beat.isoformat() if beat is not None else None,
            "sweeping": sweeping,
            "clock_synchronised": synchronised,
        }
        return jsonify(facts), 200 if ready else 503

    @flask.errorhandler(DoseKeeperError)
    def failed(problem: DoseKeeperError) -> tuple[Response, int]:
        return jsonify(error=problem.key), 503
