from __future__ import annotations

import shutil
import threading

import pytest
from candidates import Shop
from filelock import FileLock

from clientele.errors import UnavailableError
from clientele.warehouse.fence import is_current, next_token


def test_every_token_is_higher_than_the_one_before(settings):
    assert [next_token(settings) for _ in range(3)] == [1, 2, 3]


def test_only_the_newest_token_is_current(settings):
    first, second = next_token(settings), next_token(settings)
    assert (is_current(settings, first), is_current(settings, second)) == (False, True)


def test_no_token_is_current_before_one_was_handed_out(settings):
    assert not is_current(settings, 1)


def test_a_token_is_handed_out_only_after_the_one_before_it_was_written(settings):
    next_token(settings)
    taken = threading.Thread(target=next_token, args=(settings,))
    with FileLock(settings.warehouse / "fence.lock"):
        taken.start()
        taken.join(0.3)
        assert taken.is_alive()
        assert is_current(settings, 1)
    taken.join(30)
    assert is_current(settings, 2)


def test_tokens_go_on_from_the_published_one_when_the_warehouse_was_deleted(settings, publish_shop):
    next_token(settings)
    published = publish_shop(Shop())
    shutil.rmtree(settings.warehouse)
    assert next_token(settings) == published.token + 1


def test_an_unreadable_fence_is_reported_and_not_started_over(settings):
    next_token(settings)
    (settings.warehouse / "fence.json").write_text("{}")
    with pytest.raises(UnavailableError, match=r"fence\.json holds no fencing token"):
        next_token(settings)
