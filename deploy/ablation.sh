#!/usr/bin/env bash
# Trains the embedded model with the whole ProRL recipe and with one part of it taken out, on five seeds each, and writes
# tables and a picture into docs/ablation.md and docs/ablation/.
#
#   deploy/ablation.sh                       all
#   deploy/ablation.sh full no-reset         the variants named
#   JOBS=4 SEEDS="1 2 3" deploy/ablation.sh
#
# PROGRAM=… takes a program that is built. Finished runs are kept in runs/ablation.
source "$(dirname "${BASH_SOURCE[0]}")/study.sh"

begin ablation configs/ablation.yaml "1 2 3 4 5" "$@"

variant recipe full "the whole recipe"
variant recipe no-clip-higher "the same bound above and below" actor_rollout_ref.actor.clip_ratio_high=0.2
variant recipe no-dynamic-sampling "groups rewarded alike are kept" algorithm.filter_groups.enable=false
# The reference stays, so that KL is measured; it has no weight.
variant recipe no-kl "no KL penalty" actor_rollout_ref.actor.kl_loss_coef=0
variant recipe no-reset "reference and optimizer are never reset" algorithm.reference_reset.interval=null

run_all
evaluate ablation docs/ablation.md
