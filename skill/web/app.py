"""The Flask app: Alexa, the caregivers' pages, replies by SMS, and whether we are well."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, Flask, Response, jsonify

from skill.clock import is_synchronised
from skill.errors import DoseKeeperError
from skill.service.act import App
from skill.service.heartbeat import last_beat

LARGEST_BODY = 256 * 1024


def build_app(app: App, doors: Sequence[Blueprint], silence: timedelta) -> Flask:
    """All ``doors`` on one Flask app, and two pages for whoever watches it.

    ``silence``: how long without a finished sweep means that nobody sweeps.
    """
    flask = Flask("dosekeeper", static_folder=None)
    flask.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    for door in doors:
        flask.register_blueprint(door)
    _add_health(flask, app, silence)
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
