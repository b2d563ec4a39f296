"""The way to AWS: one client for all threads, and time-outs that fit into a voice turn."""

from concurrent.futures import ThreadPoolExecutor

from botocore.session import Session

from skill.aws import Aws


def an_aws(endpoint: str | None = None) -> Aws:
    session = Session()
    session.set_credentials("someone", "nobody's secret")
    return Aws(region="us-east-1", endpoint=endpoint, session=session)


def test_threads_that_ask_at_once_share_one_client() -> None:
    aws = an_aws()

    with ThreadPoolExecutor(4) as pool:
        clients = list(pool.map(aws.client, ["dynamodb"] * 8))

    assert len({id(client) for client in clients}) == 1


def test_a_call_that_hangs_ends_within_a_voice_turn() -> None:
    config = an_aws().client("dynamodb").meta.config

    assert config.connect_timeout == 1.0
    assert config.read_timeout == 1.5
    assert config.retries["total_max_attempts"] == 2


def test_whoever_carries_messages_waits_longer() -> None:
    aws = an_aws()

    assert aws.client("sns", read_timeout=5.0).meta.config.read_timeout == 5.0
    assert aws.client("sns").meta.config.read_timeout == 1.5


def test_an_endpoint_of_ones_own_takes_the_place_of_all_services() -> None:
    aws = an_aws("http://127.0.0.1:9")

    urls = {aws.client(service).meta.endpoint_url for service in ("dynamodb", "kms", "sqs")}

    assert urls == {"http://127.0.0.1:9"}
