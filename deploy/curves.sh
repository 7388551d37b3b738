#!/usr/bin/env bash
# Trains the embedded model for a few seconds with every estimator, loss and aggregation, on three seeds each, and
# writes tables and pictures into docs/curves.md and docs/curves/.
#
#   deploy/curves.sh                 all
#   deploy/curves.sh losses gpg      the parts or variants named
#   JOBS=4 SEEDS="1 2" deploy/curves.sh
#
# PROGRAM=… takes a program that is built. Finished runs are kept in runs/curves.
source "$(dirname "${BASH_SOURCE[0]}")/study.sh"

estimator=algorithm.adv_estimator
actor=actor_rollout_ref.actor
loss=$actor.policy_loss.loss_mode
rate=$actor.optim.lr
clip_low=$actor.clip_ratio_low
clip_high=$actor.clip_ratio_high
aggregation=$actor.loss_agg_mode

begin curves configs/curves.yaml "1 2 3" "$@"

variant estimators grpo "distance from the group's mean, over its deviation"
variant estimators grpo-no-std "the same, not divided (Dr. GRPO)" algorithm.norm_adv_by_std_in_grpo=false
variant estimators grpo-batch-std "the same, over the deviation of the batch" algorithm.scale_rewards=batch
variant estimators grpo-passk "the best response's lead alone" $estimator=grpo_passk $rate=5e-4 \
  trainer.total_training_steps=60
variant estimators rloo "distance from the others' mean" $estimator=rloo
variant estimators opo "baseline weighted by length" $estimator=opo
variant estimators remax "distance from the greedy response" $estimator=remax
variant estimators reinforce-pp "returns by token, whitened over the batch" $estimator=reinforce_plus_plus
variant estimators reinforce-pp-baseline "distance from the mean, whitened over the batch" \
  $estimator=reinforce_plus_plus_baseline
variant estimators gpg "with the plain policy gradient" $estimator=gpg $loss=gpg
variant estimators gdpo "GRPO of each part of the reward, whitened" $estimator=gdpo

variant losses vanilla "PPO's clip with a dual clip"
variant losses gspo "one clipped ratio per response" $loss=gspo
variant losses sapo "a soft gate" $loss=sapo
variant losses gpg-loss "the plain policy gradient" $loss=gpg
variant losses cispo "a clipped weight" $loss=cispo
variant losses clip-cov "tokens of high covariance left out" $loss=clip_cov
variant losses kl-cov "tokens of high covariance held back" $loss=kl_cov
variant losses geo-mean "the geometric mean of a response's ratios" $loss=geo_mean
variant losses dppo-tv "a trust region of total variation" $loss=dppo_tv $clip_low=0.05 $clip_high=0.05
variant losses dppo-kl "a trust region of KL divergence" $loss=dppo_kl $clip_low=0.01 $clip_high=0.01
variant losses dro "a quadratic pull" $loss=dro $actor.policy_loss.dro_beta=0.1

variant aggregations token-mean "over all tokens"
variant aggregations token-sum "not divided" $aggregation=token-sum
variant aggregations seq-mean-token-sum "over sequences" $aggregation=seq-mean-token-sum
variant aggregations seq-mean-token-mean "of each sequence's mean" $aggregation=seq-mean-token-mean
variant aggregations seq-mean-token-sum-norm "over sequences times a constant" $aggregation=seq-mean-token-sum-norm

variant others kl-loss "a KL penalty in the loss" $actor.use_kl_loss=true $actor.kl_loss_coef=0.01
variant others ratio-reference "ratios to the reference, reset every 5 steps" $actor.ratio_denominator=reference \
  algorithm.reference_reset.interval=5 algorithm.reference_reset.optimizer=keep
variant others kl-reward "the KL penalty in the reward" algorithm.use_kl_in_reward=true algorithm.kl_ctrl.kl_coef=0.01
variant others staleness-1 "sampling one step ahead" algorithm.staleness=1

run_all
evaluate learning docs/curves.md
