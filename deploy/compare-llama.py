"""Writes the GPT-2 in FOLDER/model as FOLDER/PRECISION.gguf, for llama.cpp.

usage: compare-llama.py FOLDER {f32|bf16}       needs: gguf numpy

The file has no tokenizer: llama-batched-bench feeds ids. Matrices are stored in the precision given, vectors and
positions in f32, as llama.cpp's own converter does.
"""
import json
import struct
import sys

import gguf
import numpy as np

folder, precision = sys.argv[1:]
with open(folder + "/model/config.json", encoding="utf-8") as text:
    config = json.load(text)
if config["model_type"] != "gpt2":
    sys.exit("only GPT-2's shape is converted")


def tensors(path):
    """The names and arrays of a safetensors file of F32 elements."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        start = file.tell()
    data = np.memmap(path, dtype=np.uint8, mode="r")[start:]
    for name, entry in header.items():
        if name != "__metadata__":
            first, end = entry["data_offsets"]
            yield name.removeprefix("transformer."), data[first:end].view(np.float32).reshape(entry["shape"])


NAMES = {
    "wte.weight": "token_embd.weight", "wpe.weight": "position_embd.weight", "ln_f": "output_norm", "ln_1": "attn_norm",
    "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "ln_2": "ffn_norm", "mlp.c_fc": "ffn_up",
    "mlp.c_proj": "ffn_down",
}


def name_of(name):
    """llama.cpp's name for `h.3.mlp.c_fc.weight`."""
    if name in NAMES:
        return NAMES[name]
    if not name.startswith("h."):
        part, kind = name.rsplit(".", 1)
        return f"{NAMES[part]}.{kind}"
    _, layer, rest = name.split(".", 2)
    part, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{NAMES[part]}.{kind}"


writer = gguf.GGUFWriter(f"{folder}/{precision}.gguf", "gpt2")
writer.add_block_count(config["n_layer"])
writer.add_context_length(config["n_positions"])
writer.add_embedding_length(config["n_embd"])
writer.add_feed_forward_length(4 * config["n_embd"])
writer.add_head_count(config["n_head"])
writer.add_layer_norm_eps(config["layer_norm_epsilon"])
writer.add_vocab_size(config["vocab_size"])
writer.add_tokenizer_model("none")
writer.add_file_type(gguf.LlamaFileType.MOSTLY_BF16 if precision == "bf16" else gguf.LlamaFileType.ALL_F32)
for name, values in tensors(folder + "/model/model.safetensors"):
    if name.startswith("h.") and values.ndim == 2:
        values = values.T  # GPT-2 stores [in, out], llama.cpp [out, in].
    values = np.ascontiguousarray(values, dtype=np.float32)
    if precision == "bf16" and values.ndim == 2 and name != "wpe.weight":
        packed = gguf.quants.quantize(values, gguf.GGMLQuantizationType.BF16)
        writer.add_tensor(name_of(name), packed, raw_dtype=gguf.GGMLQuantizationType.BF16)
    else:
        writer.add_tensor(name_of(name), values)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
