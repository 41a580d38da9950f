"""NodeInfo: what is not to be shown is not there."""

import pytest

from node.activitypub import nodeinfo
from node.activitypub.nodeinfo import Version


def test_both_versions_are_discovered() -> None:
    found = nodeinfo.discovery("https://n.example")
    assert [link["href"] for link in found["links"]] == [
        "https://n.example/nodeinfo/2.0",
        "https://n.example/nodeinfo/2.1",
        "https://n.example/actor",
    ]
    assert found["links"][2]["rel"] == "https://www.w3.org/ns/activitystreams#Application"
    assert found["links"][0]["rel"] == "http://nodeinfo.diaspora.software/ns/schema/2.0"


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_a_document_says_what_kind_of_server_this_is(version: Version) -> None:
    found = nodeinfo.document(
        version,
        software_version="0.1.0",
        users=3,
        local_posts=7,
        open_registrations=True,
        metadata={"nodeName": "Town"},
        repository="https://code.example/palabre",
    )
    assert found["version"] == version
    assert found["protocols"] == ["activitypub"]
    assert found["usage"] == {"users": {"total": 3}, "localPosts": 7}
    assert found["openRegistrations"] is True
    assert found["metadata"] == {"nodeName": "Town"}
    assert ("repository" in found["software"]) is (version == "2.1")
    assert nodeinfo.media_type(version).endswith(f'{version}#"')


def test_a_count_that_is_not_shown_is_left_out() -> None:
    found = nodeinfo.document("2.1", software_version="0.1.0")
    assert found["software"] == {"name": "palabre", "version": "0.1.0"}
    assert found["usage"] == {"users": {}}
    assert found["metadata"] == {}
