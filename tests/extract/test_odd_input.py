"""Texts that are no tidy abstract: other languages are left and said so, and whatever is read is quoted exactly."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from well_formed import check

from kg.extract.language import foreign_language
from kg.extract.work import read_paper
from kg.model import Extraction, Paper

SENTENCES = (
    "We propose CRANE, a neural parser.",
    "CRANE does not outperform BERT on SQuAD.",
    "It may reach 91.5% accuracy.",
    "WE EVALUATE CRANE ON IMAGENET.",
    "We gain $+2.66\\%$ over \\textbf{BERT} in $O(k^{-1/4})$ steps, 1.2xsim3.3x faster.",
    "Q&amp;A with &lt;b&gt;BERT&lt;/b&gt; &#x27;models&#x27;.",
    "We \U0001f680 train BERT \U0001f469\u200d\U0001f52c on SQuAD \U0001f389.",
    "\U0001d538 \U0001d487-divergence \u2211\u1d62 \u2207\u03b8 \U0001d4db(\u03b8) \u2264 \u03b5 improves GANs.",
    "We \x07use\x0b BERT\x1b[31m on\u2028SQuAD\u200b.\u202e",
    "Wir vergleichen BERT mit LSTMs auf dem Datensatz SQuAD.",
    "e\u0301\u0327 a\u030a ﬁne-tuning of naïve Bayes",
)
FOREIGN = {
    "de": "Wir stellen ein neuronales Netz zur Bildklassifikation vor und vergleichen es mit anderen Verfahren.",
    "fr": "Nous proposons une nouvelle méthode d'apprentissage pour la classification d'images médicales.",
    "es": "Proponemos un modelo de lenguaje para la traducción automática de textos médicos.",
    "pt": "Propomos um novo método para tradução automática neural com poucos dados.",
    "it": "Proponiamo un nuovo metodo per la classificazione delle immagini con reti neurali.",
    "nl": "Wij stellen een nieuw netwerk voor dat beelden met weinig voorbeelden kan herkennen.",
    "ru": "Предложен метод обучения нейронных сетей для классификации изображений.",
    "zh": "我们提出了一种用于图像分类的卷积神经网络。",
    "ja": "本論文では、画像分類のための新しい手法を提案する。",
    "ko": "이 논문에서는 이미지 분류를 위한 새로운 방법을 제안한다.",
}
ENGLISH = (
    "",
    "GAN",
    "$O(k^{-1/4})$ %$#@!",
    "Deep Residual Learning for Image Recognition",
    "BERT GPT LSTM CNN ImageNet CIFAR SQuAD GLUE WMT",
    "WE PROPOSE BERT FOR QUESTION ANSWERING ON SQUAD. IT BEATS LSTM BY 2%.",
    "IberoBench: A Benchmark for LLM Evaluation in Iberian Languages",
    "On Neural Differential Equations",
    "We study the German sentence 'Wir stellen ein neuronales Netz vor' and its translation into Dutch.",
)


@pytest.mark.parametrize("language", FOREIGN)
def test_other_languages_are_told(language: str) -> None:
    assert foreign_language(FOREIGN[language]) == language


@pytest.mark.parametrize("text", ENGLISH)
def test_english_and_what_does_not_tell_is_read(text: str) -> None:
    assert foreign_language(text) is None


@given(st.text(max_size=200))
def test_any_text_can_be_asked_for_its_language(text: str) -> None:
    found = foreign_language(text)
    assert found is None or found.isalpha()
    assert foreign_language(text) == found


@pytest.mark.slow
@pytest.mark.parametrize("language", FOREIGN)
def test_what_is_in_another_language_is_not_read(nlp: Language, language: str) -> None:
    paper = Paper(id="x", title="", abstract=FOREIGN[language])
    assert read_paper(nlp, paper) == Extraction(id="x", language=language)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(SENTENCES) | st.text(max_size=30), max_size=6), st.sampled_from([" ", "\n", "", "\t"]))
def test_whatever_is_read_is_quoted_exactly(nlp: Language, pieces: list[str], between: str) -> None:
    title, *rest = pieces or [""]
    paper = Paper(id="x", title=title, abstract=between.join(rest))
    check(read_paper(nlp, paper), paper.text)
    shouted = Paper(id="x", title="", abstract=paper.text.upper())
    check(read_paper(nlp, shouted), shouted.text)


@pytest.mark.slow
def test_a_text_of_twenty_thousand_words_is_read_to_its_end(nlp: Language) -> None:
    sentence = "We train CRANE for parsing and it does not need the gradients of any teacher model at all. "
    paper = Paper(id="x", title="", abstract=sentence * 1110 + "At last we evaluate Corvid on ImageNet.")
    assert len(paper.text.split()) > 18_000
    found = read_paper(nlp, paper)
    check(found, paper.text)
    assert "ImageNet" in {mention.text for entity in found.entities for mention in entity.mentions}
