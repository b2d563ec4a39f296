"""Keys wrapped by KMS: each opens for its own place, and an outage is told from a loss."""

import base64
import io
import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.session import Session
from botocore.stub import Stubber
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from skill.aws import Aws
from skill.chance import SystemChance
from skill.clock import WoundClock
from skill.errors import DamagedError, KeyUnavailableError, StoreDownError
from skill.logs import JsonLines
from skill.storage.key_wrapping import KeyFileWrapper, KeyKind, KeyPlace, org_in
from skill.storage.keys import KeyRing
from skill.storage.kms_wrapping import KmsWrapper
from skill.storage.sqlite_shelf import SHELF_FILE, SqliteKeyShelf, create_shelf

MATERIAL = b"\x77" * 32
ADA = "pat_aaaaaaaaaaaaaaaa"
HOME = KeyPlace(kind=KeyKind.BRANCH, owner="ORG#home", org="ORG#home")
CLINIC = KeyPlace(kind=KeyKind.BRANCH, owner="ORG#clinic", org="ORG#clinic")
ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
FIVE_MINUTES = timedelta(minutes=5)

key_places = st.builds(
    KeyPlace,
    kind=st.sampled_from(KeyKind),
    owner=st.sampled_from(("a", "ORG#home", "-")),
    org=st.sampled_from(("ORG#home", "ORG#b", "-")),
)


def a_client() -> Any:  # noqa: ANN401 - botocore's
    session = Session()
    session.set_credentials("AKIDEXAMPLE", "a secret of nobody")
    return Aws(region="us-east-1", session=session).client("kms")


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield a_client()


@pytest.fixture
def wrapper(client: Any) -> KmsWrapper:  # noqa: ANN401 - botocore's
    return KmsWrapper(client, a_key(client))


def a_key(client: Any) -> str:  # noqa: ANN401 - botocore's
    return str(client.create_key(Description="doses")["KeyMetadata"]["KeyId"])


def failing(client: Any, operation: str, error: Exception) -> None:  # noqa: ANN401 - botocore's
    """From now on every attempt at ``operation`` ends with ``error`` instead of leaving this machine."""

    def fail(**_: object) -> None:
        raise error

    client.meta.events.register_first(f"before-send.kms.{operation}", fail, unique_id="outage")


def over(client: Any, operation: str) -> None:  # noqa: ANN401 - botocore's
    client.meta.events.unregister(f"before-send.kms.{operation}", unique_id="outage")


def an_outage() -> Exception:
    return EndpointConnectionError(endpoint_url="https://kms.us-east-1.amazonaws.com")


# ---- wrapping


def test_a_wrapped_key_unwraps_and_shows_its_org_and_nothing_of_itself(wrapper: KmsWrapper) -> None:
    wrapped = wrapper.wrap(MATERIAL, HOME)

    assert wrapper.unwrap(wrapped, HOME) == MATERIAL
    assert wrapped[0] == 2
    assert org_in(wrapped, HOME.key_id) == "ORG#home"
    assert b"\x77\x77" not in wrapped


def test_kms_is_told_what_the_key_is_for() -> None:
    client = a_client()
    told = {"app": "dosekeeper/1", "kind": "branch", "owner": "ORG#home", "org": "ORG#home"}

    with Stubber(client) as kms:
        kms.add_response(
            "encrypt",
            {"CiphertextBlob": b"ciphertext", "KeyId": ARN},
            {"KeyId": "alias/doses", "Plaintext": MATERIAL, "EncryptionContext": told},
        )
        kms.add_response(
            "decrypt",
            {"Plaintext": MATERIAL, "KeyId": ARN},
            {"KeyId": "alias/doses", "CiphertextBlob": b"ciphertext", "EncryptionContext": told},
        )
        wrapper = KmsWrapper(client, "alias/doses")
        wrapped = wrapper.wrap(MATERIAL, HOME)

        assert wrapper.unwrap(wrapped, HOME) == MATERIAL


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(here=key_places, there=key_places)
def test_a_wrapped_key_unwraps_for_its_own_place_only(
    wrapper: KmsWrapper, here: KeyPlace, there: KeyPlace
) -> None:
    wrapped = wrapper.wrap(MATERIAL, here)

    if here == there:
        assert wrapper.unwrap(wrapped, there) == MATERIAL
    else:
        with pytest.raises(DamagedError, match="changed or moved"):
            wrapper.unwrap(wrapped, there)


def test_a_copy_of_the_kms_key_in_another_region_opens_it_as_well() -> None:
    client = a_client()
    copied = "key/mrk-1234abcd12ab34cd56ef1234567890ab"

    with Stubber(client) as kms:
        kms.add_response(
            "encrypt", {"CiphertextBlob": b"c", "KeyId": f"arn:aws:kms:us-east-1:111122223333:{copied}"}
        )
        kms.add_response(
            "decrypt", {"Plaintext": MATERIAL, "KeyId": f"arn:aws:kms:us-west-2:111122223333:{copied}"}
        )
        wrapper = KmsWrapper(client, "alias/doses")

        assert wrapper.unwrap(wrapper.wrap(MATERIAL, HOME), HOME) == MATERIAL


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bit=st.integers(0, 8 * 32 - 1))
def test_every_flipped_bit_is_noticed(wrapper: KmsWrapper, bit: int) -> None:
    wrapped = bytearray(wrapper.wrap(MATERIAL, HOME))
    begins = 18 + 36  # moto puts the plain id of its key before the ciphertext; KMS hides it inside
    place = bit if bit < 18 * 8 else begins * 8 + (bit - 18 * 8)
    wrapped[place // 8] ^= 1 << place % 8

    with pytest.raises((DamagedError, KeyUnavailableError)):
        wrapper.unwrap(bytes(wrapped), HOME)


def test_a_wrapped_key_that_is_cut_short_does_not_unwrap(wrapper: KmsWrapper) -> None:
    wrapped = wrapper.wrap(MATERIAL, HOME)

    for cut in range(len(wrapped)):
        with pytest.raises((DamagedError, KeyUnavailableError)):
            wrapper.unwrap(wrapped[:cut], HOME)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=100))
def test_noise_in_the_place_of_a_wrapped_key_does_not_unwrap(wrapper: KmsWrapper, noise: bytes) -> None:
    for wrapped in (noise, b"\x02" + noise, b"\x02" + bytes(8) + b"\x08ORG#home" + noise):
        with pytest.raises((DamagedError, KeyUnavailableError)):
            wrapper.unwrap(wrapped, HOME)


def test_what_is_too_long_for_kms_never_goes_there() -> None:
    wrapper = KmsWrapper(a_client(), "alias/doses")

    with pytest.raises(DamagedError):
        wrapper.unwrap(b"\x02" + bytes(8) + b"\x08ORG#home" + bytes(6145), HOME)


def test_a_key_of_another_length_is_damage() -> None:
    client = a_client()

    with Stubber(client) as kms:
        kms.add_response("encrypt", {"CiphertextBlob": b"c", "KeyId": ARN})
        kms.add_response("decrypt", {"Plaintext": b"short", "KeyId": ARN})
        wrapper = KmsWrapper(client, "alias/doses")
        wrapped = wrapper.wrap(MATERIAL, HOME)

        with pytest.raises(DamagedError):
            wrapper.unwrap(wrapped, HOME)


def test_what_a_key_file_wrapped_is_not_taken_for_damage() -> None:
    wrapped = KeyFileWrapper(b"\x11" * 32, SystemChance()).wrap(MATERIAL, HOME)

    with pytest.raises(KeyUnavailableError, match="not wrapped by KMS"):
        KmsWrapper(a_client(), "alias/doses").unwrap(wrapped, HOME)


# ---- refusals and outages


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("IncorrectKeyException", KeyUnavailableError),
        ("NotFoundException", KeyUnavailableError),
        ("DisabledException", KeyUnavailableError),
        ("KMSInvalidStateException", KeyUnavailableError),
        ("AccessDeniedException", KeyUnavailableError),
        ("InvalidCiphertextException", DamagedError),
        ("ThrottlingException", StoreDownError),
        ("LimitExceededException", StoreDownError),
        ("KeyUnavailableException", StoreDownError),
        ("KMSInternalException", StoreDownError),
        ("DependencyTimeoutException", StoreDownError),
        ("ExpiredTokenException", StoreDownError),
        ("SomethingNewException", StoreDownError),
    ],
)
def test_what_kms_says_is_a_loss_damage_or_an_outage(code: str, error: type[Exception]) -> None:
    client = a_client()
    wrapped = b"\x02" + bytes(8) + b"\x08ORG#home" + b"ciphertext"

    with Stubber(client) as kms:
        kms.add_client_error("decrypt", code, "The sentence names arn:aws:kms:us-east-1:111122223333", 400)

        with pytest.raises(error) as raised:
            KmsWrapper(client, "alias/doses").unwrap(wrapped, HOME)

    assert "111122223333" not in str(raised.value)


def test_a_kms_key_that_is_not_there_wraps_nothing(client: Any) -> None:  # noqa: ANN401 - botocore's
    with pytest.raises(KeyUnavailableError, match="there is no such KMS key"):
        KmsWrapper(client, "alias/nothing").wrap(MATERIAL, HOME)


def test_a_kms_key_that_is_switched_off_is_not_called_an_outage(client: Any) -> None:  # noqa: ANN401
    key = a_key(client)
    wrapper = KmsWrapper(client, key)
    with Stubber(client) as kms:
        kms.add_client_error("encrypt", "DisabledException")

        with pytest.raises(KeyUnavailableError, match="switched off"):
            wrapper.wrap(MATERIAL, HOME)


@pytest.mark.parametrize(
    "error",
    [
        an_outage(),
        ConnectTimeoutError(endpoint_url="https://kms.us-east-1.amazonaws.com"),
        ReadTimeoutError(endpoint_url="https://kms.us-east-1.amazonaws.com"),
    ],
    ids=["nobody there", "no connection in time", "no answer in time"],
)
def test_a_kms_that_does_not_answer_is_an_outage(
    client: Any,  # noqa: ANN401 - botocore's
    wrapper: KmsWrapper,
    error: Exception,
) -> None:
    wrapped = wrapper.wrap(MATERIAL, HOME)
    failing(client, "Decrypt", error)

    with pytest.raises(StoreDownError):
        wrapper.unwrap(wrapped, HOME)


def test_without_credentials_it_is_an_outage() -> None:
    empty = Session()
    empty.get_component("credential_provider").providers.clear()
    client = Aws(region="us-east-1", session=empty).client("kms")

    with pytest.raises(StoreDownError):
        KmsWrapper(client, "alias/doses").wrap(MATERIAL, HOME)


def test_an_opened_key_shows_in_no_log_however_talkative_botocore_is(
    client: Any,  # noqa: ANN401 - botocore's
    wrapper: KmsWrapper,
) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        wrapper.unwrap(wrapper.wrap(MATERIAL, HOME), HOME)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)

    logged = stream.getvalue()
    assert '"log":"botocore.parsers"' in logged
    assert base64.b64encode(MATERIAL).decode()[:16] not in logged


# ---- the ring (fault 78)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[SqliteKeyShelf]:
    create_shelf(tmp_path / SHELF_FILE)
    with closing(SqliteKeyShelf(tmp_path / SHELF_FILE)) as opened:
        yield opened


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock(datetime(2027, 5, 4, 6, tzinfo=UTC))


@pytest.fixture
def ring(shelf: SqliteKeyShelf, wrapper: KmsWrapper, clock: WoundClock) -> KeyRing:
    made = KeyRing(shelf, wrapper, clock, SystemChance())
    made.make_first_keys()
    made.make_patient_key(ADA)
    return made


def test_keys_that_kms_wrapped_open_after_a_restart(
    ring: KeyRing, shelf: SqliteKeyShelf, wrapper: KmsWrapper, clock: WoundClock
) -> None:
    fresh = KeyRing(shelf, wrapper, clock, SystemChance())

    fresh.check()

    assert fresh.blind("phone", "+12025550111") == ring.blind("phone", "+12025550111")
    assert fresh.patient_key(ADA).derive(b"same") == ring.patient_key(ADA).derive(b"same")


def test_while_kms_is_down_keys_in_memory_go_on_serving_for_five_minutes(
    ring: KeyRing,
    client: Any,  # noqa: ANN401 - botocore's
    clock: WoundClock,
) -> None:
    served = ring.deployment_key().id, ring.patient_key(ADA).id, len(ring.blind("phone", "+12025550111"))
    failing(client, "Decrypt", an_outage())

    clock.wind_by(FIVE_MINUTES - timedelta(seconds=1))
    still = ring.deployment_key().id, ring.patient_key(ADA).id, len(ring.blind("phone", "+12025550111"))
    clock.wind_by(timedelta(seconds=1))

    assert still == served == ("deployment/-", f"patient/{ADA}", 64)
    with pytest.raises(StoreDownError):
        ring.deployment_key()
    with pytest.raises(StoreDownError):
        ring.patient_key(ADA)


def test_when_kms_is_back_everything_opens_again(
    ring: KeyRing,
    client: Any,  # noqa: ANN401 - botocore's
    clock: WoundClock,
) -> None:
    failing(client, "Decrypt", an_outage())
    clock.wind_by(FIVE_MINUTES)
    with pytest.raises(StoreDownError):
        ring.patient_key(ADA)

    over(client, "Decrypt")

    assert ring.patient_key(ADA).id == f"patient/{ADA}"


def test_a_patient_key_opens_without_kms_while_the_branch_key_is_in_memory(
    ring: KeyRing,
    client: Any,  # noqa: ANN401 - botocore's
) -> None:
    ben = "pat_bbbbbbbbbbbbbbbb"
    ring.make_patient_key(ben)
    failing(client, "Decrypt", an_outage())

    assert ring.patient_key(ben).id == f"patient/{ben}"


def test_a_process_that_starts_while_kms_is_down_does_not_call_its_keys_lost(
    ring: KeyRing,
    shelf: SqliteKeyShelf,
    wrapper: KmsWrapper,
    client: Any,  # noqa: ANN401 - botocore's
    clock: WoundClock,
) -> None:
    failing(client, "Decrypt", an_outage())

    with pytest.raises(StoreDownError):
        KeyRing(shelf, wrapper, clock, SystemChance()).check()


def test_keys_are_not_made_while_kms_is_down(
    wrapper: KmsWrapper,
    shelf: SqliteKeyShelf,
    client: Any,  # noqa: ANN401 - botocore's
    clock: WoundClock,
) -> None:
    failing(client, "Encrypt", an_outage())

    with pytest.raises(StoreDownError):
        KeyRing(shelf, wrapper, clock, SystemChance()).make_first_keys()

    assert list(shelf.ids()) == []


def test_a_key_of_one_org_moved_to_another_does_not_serve(
    wrapper: KmsWrapper, ring: KeyRing, shelf: SqliteKeyShelf, clock: WoundClock
) -> None:
    shelf.put_if_absent(CLINIC.key_id, wrapper.wrap(MATERIAL, HOME))

    with pytest.raises(DamagedError):
        KeyRing(shelf, wrapper, clock, SystemChance()).check()
