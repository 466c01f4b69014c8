#!/bin/sh
# The whole training in the order in which it is done, from hand-written lines to an adapter that can be served.
# The shipped models stay as they are.
#
#   sh finetune/speedrun.sh                  the real thing, on a CPU, below var/speedrun
#   SPEEDRUN=tiny sh finetune/speedrun.sh    the same steps in minutes, with models too small to be of use, below
#                                            var/speedrun-tiny
#
# Run it again after an interruption: both trainings go on where they were broken off, and what is finished is kept.
# OUTPUT names another folder, PYTHON another interpreter.
set -eu
cd "$(dirname "$0")/.."
if [ ! -f pyproject.toml ]; then
    echo "speedrun.sh runs in a checkout of Heyan; this is an installed copy, to be read" >&2
    exit 2
fi
: "${PYTHON:=.venv/bin/python}" "${SPEEDRUN:=full}"

case "$SPEEDRUN" in
full)
    : "${OUTPUT:=var/speedrun}"
    RECIPE=finetune/recipes/mini-pretrain.yaml MOMENTS=1000 STEPS=700 RECOMBINE=16 REPLAY=1500 BRIEFS=24 SAMPLES=8
    ;;
tiny)
    : "${OUTPUT:=var/speedrun-tiny}"
    RECIPE=finetune/recipes/tiny-pretrain.yaml MOMENTS=4 STEPS=4 RECOMBINE=0 REPLAY=0 BRIEFS=2 SAMPLES=2
    ;;
*)
    echo "SPEEDRUN is full or tiny, not $SPEEDRUN" >&2
    exit 2
    ;;
esac

step() { printf '\n== %s\n' "$*"; }

# judge FIGURES COMMAND...: run a command that measures, writes FIGURES, and ends with 1 where a goal is missed. Models
# that have learnt next to nothing may miss any goal; of the real ones a missed goal ends the run. A command that ends
# with 1 and wrote no figures has not measured but failed.
judge() {
    figures=$1
    shift
    rm -f "$figures"
    status=0
    "$@" || status=$?
    if [ "$SPEEDRUN" = tiny ] && [ "$status" = 1 ] && [ -f "$figures" ]; then
        status=0
    fi
    return "$status"
}

step "1. Check the corpus: every line may be said, and every kind of brief has lines"
"$PYTHON" -m finetune check

step "2. Pretrain heyan-mini on bodies composed of the corpus"
"$PYTHON" -m finetune pretrain "$RECIPE" --output "$OUTPUT/heyan-mini" --keep

step "3. Measure it on pairs of tags that it has never seen"
judge "$OUTPUT/heyan-mini/figures.json" \
    "$PYTHON" -m evals.model --model-dir "$OUTPUT/heyan-mini" --moments "$MOMENTS" --write

step "4. Build a data set of officers' approved scripts and compliance pairs"
"$PYTHON" -m finetune dataset --approved finetune/examples/house_style.csv \
    --pairs finetune/examples/compliance_pairs.jsonl --output "$OUTPUT/dataset"

step "5. Fine-tune an adapter on them"
"$PYTHON" -m finetune sft --set model.path="$OUTPUT/heyan-mini" --set data.path="$OUTPUT/dataset" \
    --set data.recombine="$RECOMBINE" --set data.replay="$REPLAY" \
    --set train.max_steps="$STEPS" --set train.save_steps=100 --output "$OUTPUT/house-sft" --resume

step "6. Compare it with its base on scripts that were kept out of training"
judge "$OUTPUT/house-sft/measures.json" \
    "$PYTHON" -m finetune compare "$OUTPUT/house-sft" --data "$OUTPUT/dataset" --briefs "$BRIEFS" --samples "$SAMPLES"

step "7. Write its card"
"$PYTHON" -m finetune card "$OUTPUT/house-sft"

step "8. Export it for serving"
"$PYTHON" -m finetune export "$OUTPUT/house-sft" --name house-style --output "$OUTPUT/adapters"
