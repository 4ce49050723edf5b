"""Searches for names, in the public list and at the desk.

A query and a name meet in the search key (identity/search_keys.py): both are ASCII, so that "yorke" finds "Йорк".
"""

from typing import TypeVar

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q

from signatures.identity.search_keys import SearchQuery
from signatures.signing.models.public_queryset import PublicQuerySet

S = TypeVar("S", bound=PublicQuerySet)


def matching(signatures: S, query: SearchQuery) -> S:
    """Returns signatures whose name contains the query. One or two letters must begin a word; three or more may stand
    anywhere, with or without the spaces."""
    if query.letters < 3:
        return signatures.filter(search_key__contains=f" {query.words}")
    return signatures.filter(Q(search_key__contains=query.words) | Q(search_key__contains=query.joined))


def most_similar(signatures: S, query: SearchQuery) -> S:
    """Returns signatures whose name resembles the query, the most similar first. DATABASE_SESSION_SETTINGS sets the
    least similarity."""
    return (
        signatures.filter(search_key__trigram_word_similar=query.words)
        .annotate(likeness=TrigramWordSimilarity(query.words, "search_key"))
        .order_by("-likeness", "-id")
    )
