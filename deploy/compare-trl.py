"""TRL's GRPOTrainer on the CPU, on the model and prompts that `bench step --directory` left.

usage: compare-trl.py FOLDER {fp32|bf16} PROMPTS SAMPLES NEW_TOKENS STEPS MICRO_BATCH

FOLDER has `model/` and `prompts.jsonl`, so both programs start from the same weights and read the same prompts. Every
response has exactly NEW_TOKENS tokens, the reward is a coin, a reference model runs too (beta 0.02), one update per step.
Precision bf16 is what TRL offers: autocast around fp32 weights. MICRO_BATCH responses pass forward and backward together.

Takes one step that is not counted and STEPS that are, and prints one JSON object: `seconds` of each step,
`start_seconds` until the trainer is ready, and `peak_resident_bytes`.
"""
import json
import random
import resource
import sys
import time
import warnings

START = time.time()
warnings.filterwarnings("ignore")

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

folder, precision, *numbers = sys.argv[1:]
prompts, samples, new_tokens, steps, micro_batch = map(int, numbers)

tokenizer = AutoTokenizer.from_pretrained(folder + "/model", padding_side="left")
# The made-up tokenizer ends nothing; the trainer wants a name for padding, of which there is none to do.
tokenizer.pad_token = tokenizer.eos_token = tokenizer.convert_ids_to_tokens(0)
with open(folder + "/prompts.jsonl", encoding="utf-8") as lines:
    rows = [json.loads(line) for line in lines]

random.seed(0)
config = GRPOConfig(
    output_dir=folder + "/trl", use_cpu=True, bf16=precision == "bf16", per_device_train_batch_size=micro_batch,
    gradient_accumulation_steps=prompts * samples // micro_batch, num_generations=samples,
    max_completion_length=new_tokens, max_steps=steps + 1, beta=0.02, learning_rate=1e-6, temperature=1.0,
    logging_steps=1, save_strategy="no", report_to=[], disable_tqdm=True, gradient_checkpointing=False,
    disable_dropout=True, generation_kwargs={"min_new_tokens": new_tokens})


class Clock(TrainerCallback):
    """Notes how long each step takes, generation included."""

    seconds = []

    def on_step_begin(self, *_, **__):
        self.begin = time.time()

    def on_step_end(self, *_, **__):
        self.seconds.append(time.time() - self.begin)


trainer = GRPOTrainer(
    model=AutoModelForCausalLM.from_pretrained(folder + "/model", dtype=torch.float32), args=config,
    processing_class=tokenizer,
    reward_funcs=lambda completions, **_: [float(random.random() < 0.5) for _ in completions],
    train_dataset=Dataset.from_list(rows), callbacks=[Clock()])
start_seconds = time.time() - START
trainer.train()
print(json.dumps({
    "seconds": Clock.seconds[1:], "start_seconds": start_seconds,
    "peak_resident_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
}))
