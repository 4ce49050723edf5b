from itertools import combinations, product

from tests.pairwise import pairwise

PAGES = [f"page {number}" for number in range(50)]
LANGUAGES, THEMES, WIDTHS = ["en", "ar", "hi"], ["light", "dark"], [320, 1280]
FACTORS = [PAGES, LANGUAGES, THEMES, WIDTHS]


def test_any_two_values_of_different_factors_meet():
    chosen = pairwise(*FACTORS)

    for first, second in combinations(range(len(FACTORS)), 2):
        met = {(combination[first], combination[second]) for combination in chosen}
        assert met == set(product(FACTORS[first], FACTORS[second]))


def test_they_are_few():
    assert len(list(product(*FACTORS))) == 600
    assert len(pairwise(*FACTORS)) == 150  # fewer cannot show each page in each language


def test_the_choice_is_the_same_each_time():
    assert pairwise(*FACTORS) == pairwise(*FACTORS)
