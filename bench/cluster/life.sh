# A pod's life: order, loss, memory, the API's token. Sourced by `run`.
# shellcheck shell=bash

deployment() { # TURN
  cat <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart}
spec:
  replicas: 2
  minReadySeconds: 2
  selector: {matchLabels: {app: cart}}
  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  template:
    metadata: {labels: {app: cart}, annotations: {turn: "$1"}}
    spec:
      terminationGracePeriodSeconds: 20
      containers:
$(app 50 0 end | indent 8)
YAML
}

workload() {
  local began pod one first second
  began=$(now)
  deployment 1 | k -n shop apply -f - >/dev/null
  k -n shop rollout status deploy/cart --timeout=180s >/dev/null || k -n shop get pods,events
  say "two pods with sidecars ready after $(($(now) - began)) ms"
  for pod in $(pods cart); do
    follow shop "$pod"
    ok "$pod has its native sidecar, under restricted Pod Security" \
      "$(statuses shop "$pod" 'initContainerStatuses[0].name') $(statuses shop "$pod" 'initContainerStatuses[0].started')" 'spanthrift true'
  done
  one=$(pods cart | head -1)
  first=$(statuses shop "$one" 'initContainerStatuses[0].state.running.startedAt')
  second=$(statuses shop "$one" 'containerStatuses[0].state.running.startedAt')
  ok 'the sidecar starts before the application, or in the same second' \
    "$([ -n "$first" ] && [ -n "$second" ] && [ "$(date -d "$first" +%s)" -le "$(date -d "$second" +%s)" ] && echo yes)" yes
  await 120 "spans of $one are taken" grep -q 'taken=[1-9]' "$work/$one.log"
  sleep 10
  say "the sidecar's RSS $(awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$(process shop "$one" spanthrift)/status") MB; first spans taken $(field "$one" first) ms after the application's start, $(field "$one" refusals) exports refused"
}

# What the application may do at the API is not lent to the sidecar: an empty folder lies over the token.
token() {
  local one folder=var/run/secrets
  one=$(pods cart | head -1)
  ok "the application has the API's token" "$(test -s "/proc/$(process shop "$one" app)/root/$folder/kubernetes.io/serviceaccount/token" && echo yes)" yes
  ok 'the sidecar has an empty folder in its place' "$(find "/proc/$(process shop "$one" spanthrift)/root/$folder/kubernetes.io/serviceaccount" | wc -l)" 1
}

policy() {
  local began pod
  began=$(now)
  cat <<YAML | k -n shop apply -f - >/dev/null
apiVersion: spanthrift.dev/v1alpha1
kind: SamplingPolicy
metadata: {name: rules}
spec: {policies: [{name: errors, match: {hasError: true}, keep: true}]}
YAML
  if await 60 'both sidecars run the policy' sh -c "[ \"\$($CLUSTER_EXEC kubectl -n shop get samplingpolicy rules -o jsonpath='{.status.sidecars}')\" = 2 ]"; then
    say "default installation: counted in the status of the policy after $(($(now) - began)) ms; in force in the sidecars after$(
      for pod in $(pods cart); do
        echo -n " $(($(date -d "$(awk '/policy version .*SamplingPolicy shop\/rules/ {print $1; exit}' "$work/$pod.sidecar")" +%s%3N) - began))"
      done) ms"
    ok 'the policy is in force' "$(k -n shop get samplingpolicy rules -o jsonpath='{.status.conditions[?(@.type=="InForce")].status}')" True
  fi
}

# As often as CLUSTER_ROLLS says: each roll ends two pods under load.
rollout() {
  local turn pod first
  for turn in $(seq "$CLUSTER_ROLLS"); do
    first=$(pods cart)
    for pod in $first; do
      [ -s "$work/$pod.log" ] || follow shop "$pod"
      await 120 "spans of $pod are taken" grep -q 'taken=[1-9]' "$work/$pod.log"
    done
    deployment "$((turn + 1))" | k -n shop apply -f - >/dev/null
    k -n shop rollout status deploy/cart --timeout=240s >/dev/null
    for pod in $first; do gone 60 shop "$pod"; done
    sleep 2
    for pod in $first; do whole "$pod"; done
  done
}

order() {
  local one pid sidecar_end app_end app_term
  one=$(pods cart | head -1)
  follow shop "$one"
  await 120 "spans of $one are taken" grep -q 'taken=[1-9]' "$work/$one.log"
  pid=$(process shop "$one" spanthrift)
  k -n shop delete pod "$one" --wait=false >/dev/null
  while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
  sidecar_end=$(now)
  sleep 1
  app_end=$(awk '$2 == "end" {print $1}' "$work/$one.log" | tail -1)
  app_term=$(awk '$2 == "TERM" {print $1}' "$work/$one.log" | tail -1)
  say "end of a pod: application ends $((app_end - app_term)) ms after SIGTERM, the sidecar $((sidecar_end - app_end)) ms after it"
  ok 'the sidecar ends after the application' "$([ "$sidecar_end" -ge "$app_end" ] && echo yes)" yes
  whole "$one"
}

# The application does not hear SIGTERM, and the kubelet kills it when the grace period is spent.
greedy() {
  local pid began
  pod greedy 200 0 ignore 5
  k -n shop wait --for=condition=Ready pod/greedy --timeout=120s >/dev/null
  follow shop greedy
  await 120 'spans of greedy are taken' grep -q 'taken=[1-9]' "$work/greedy.log"
  sleep 3
  pid=$(process shop greedy spanthrift)
  began=$(now)
  k -n shop delete pod greedy --wait=false >/dev/null
  while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
  say "an application that ignores SIGTERM, grace 5 s: the sidecar is gone $(($(now) - began)) ms after the deletion"
  gone 60 shop greedy
  sleep 2
  whole greedy killed
}

# The same, with little of a processor for the sidecar's last two seconds: what is lost then must be said.
starved() {
  local pid name thousandths
  for thousandths in 100 30 10; do
    name=starved-$thousandths
    pod "$name" 200 0 ignore 5
    k -n shop wait --for=condition=Ready "pod/$name" --timeout=120s >/dev/null
    follow shop "$name"
    await 120 "spans of $name are taken" grep -q 'taken=[1-9]' "$work/$name.log"
    sleep 3
    pid=$(process shop "$name" spanthrift)
    limit "$pid" "${thousandths}00"
    k -n shop delete pod "$name" --wait=false >/dev/null
    while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
    gone 60 shop "$name"
    sleep 2
    whole "$name" starved
  done
}

# limit PID MICROSECONDS: of a processor, in each tenth of a second, for all processes of this one's container
limit() {
  local group
  group=$(awk -F: '$2 ~ /(^|,)cpu(,|$)/ {print $3}' "/proc/$1/cgroup")
  if [ -n "$group" ]; then
    echo "$2" >"/sys/fs/cgroup/cpu$group/cpu.cfs_quota_us"
  else
    echo "$2 100000" >"/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$1/cgroup")/cpu.max"
  fi
}

memory() {
  local pid group hog
  pod heavy 50 0 end 10
  k -n shop wait --for=condition=Ready pod/heavy --timeout=120s >/dev/null
  pid=$(process shop heavy spanthrift)
  group=$(awk -F: '$2 == "memory" {print "/sys/fs/cgroup/memory" $3} $1 == 0 && $3 != "/" {u = "/sys/fs/cgroup" $3} END {if (u) print u}' "/proc/$pid/cgroup" | head -1)
  echo 1000 >"/proc/$pid/oom_score_adj" # of the two in the group, the kernel is to take the sidecar
  python3 - "$group" 2>/dev/null <<'PY' &
import sys, time
with open(sys.argv[1] + "/cgroup.procs", "w") as f:
    f.write("0")
held = []
try:
    for _ in range(400):
        held.append(bytearray(1 << 20))
        time.sleep(0.01)
except MemoryError:
    pass
PY
  hog=$!
  disown "$hog"
  await 60 'the sidecar is killed' sh -c "$CLUSTER_EXEC kubectl -n shop get pod heavy -o jsonpath='{.status.initContainerStatuses[0].lastState.terminated.reason}' | grep -q ."
  kill "$hog" 2>/dev/null
  await 60 'the sidecar runs again' sh -c "[ \"\$($CLUSTER_EXEC kubectl -n shop get pod heavy -o jsonpath='{.status.initContainerStatuses[0].restartCount} {.status.initContainerStatuses[0].ready}')\" = '1 true' ]"
  ok 'over its memory the sidecar is killed, and restarted' "$(statuses shop heavy 'initContainerStatuses[0].lastState.terminated.reason') $(statuses shop heavy 'initContainerStatuses[0].restartCount')" 'OOMKilled 1'
  ok 'and the application is left alone' "$(statuses shop heavy 'containerStatuses[0].restartCount') $(statuses shop heavy 'containerStatuses[0].ready')" '0 true'
  k -n shop delete pod heavy --wait=false >/dev/null
}
