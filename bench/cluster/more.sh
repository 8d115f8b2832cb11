# Starts under little CPU, a Job, a drained node, a fleet. Sourced by `run`.
# shellcheck shell=bash

# started NAMESPACE NAME: milliseconds from the start of the sidecar's process until it says that its ports are open
started() {
  local pid up begin said
  cat <<YAML | k -n "$1" apply -f - >/dev/null
apiVersion: v1
kind: Pod
metadata: {name: $2}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - {name: app, image: "localhost/app:1", imagePullPolicy: Never, command: [sleep, "600"], $restricted}
YAML
  await 60 "$2 runs" sh -c "$CLUSTER_EXEC kubectl -n $1 get pod $2 -o jsonpath='{.status.initContainerStatuses[0].state}' | grep -q startedAt"
  await 60 "$2 is open" sh -c "$CLUSTER_EXEC kubectl -n $1 logs $2 -c spanthrift | grep -q 'OTLP/gRPC on'"
  pid=$(process "$1" "$2" spanthrift)
  up=$(cut -d' ' -f1 /proc/uptime)
  begin=$(($(now) - ${up/./} * 10 + $(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20) * 1000 / $(getconf CLK_TCK)))
  said=$(k -n "$1" logs "$2" -c spanthrift --timestamps | awk '/OTLP\/gRPC on/ {print $1; exit}')
  ok "$1/$2 does not restart" "$(statuses "$1" "$2" 'initContainerStatuses[0].restartCount')" 0
  took=$(($(date -d "$said" +%s%3N) - begin))
  k -n "$1" delete pod "$2" --wait=false >/dev/null
}

starts() {
  local turn where all_tight='' all_free=''
  namespace tight
  namespace free
  cat <<YAML | k -n tight apply -f - >/dev/null
apiVersion: v1
kind: LimitRange
metadata: {name: cpu}
spec: {limits: [{type: Container, default: {cpu: 250m}, defaultRequest: {cpu: 10m}}]}
YAML
  for turn in 1 2 3 4 5; do
    for where in free tight; do
      started "$where" "start-$turn"
      [ "$where" = free ] && all_free="$all_free $took" || all_tight="$all_tight $took"
    done
    say "load $(load): ports open after: no limit$all_free ms, limits.cpu 250m$all_tight ms"
  done
  k -n tight run held --image=localhost/app:1 --image-pull-policy=Never --annotations=spanthrift.dev/hold-application=true -- sleep 600 >/dev/null
  ok 'a LimitRange gives the sidecar 250m' "$(k -n tight get pod held -o jsonpath='{.spec.initContainers[0].resources.limits.cpu}')" 250m
  await 120 'the application that was held runs' sh -c "$CLUSTER_EXEC kubectl -n tight get pod held -o jsonpath='{.status.containerStatuses[0].state}' | grep -q startedAt"
  say "with hold-application, under 250m: the application starts $(($(date -d "$(statuses tight held 'containerStatuses[0].state.running.startedAt')" +%s) - $(date -d "$(statuses tight held 'initContainerStatuses[0].state.running.startedAt')" +%s))) s after the sidecar's container (whole seconds)"
  ok 'and its sidecar does not restart' "$(statuses tight held 'initContainerStatuses[0].restartCount')" 0
  k delete namespace tight free --wait=false >/dev/null
}

job() {
  local began
  cat <<YAML | k -n shop apply -f - >/dev/null
apiVersion: batch/v1
kind: Job
metadata: {name: report}
spec:
  template:
    metadata: {annotations: {spanthrift.dev/hold-application: "true"}}
    spec:
      restartPolicy: Never
      containers:
$(app 100 200 end | indent 8)
YAML
  began=$(now)
  k -n shop wait --for=condition=Complete job/report --timeout=180s >/dev/null
  say "a Job of 200 spans in 2 s is complete after $(($(now) - began)) ms"
  ok 'the Job completes' "$(k -n shop get job report -o jsonpath='{.status.succeeded}')" 1
  ok 'all its spans are received' "$(received "$(k -n shop get pods -l job-name=report -o jsonpath='{.items[0].metadata.name}')")" 200
}

# The backend stays: there is no other node to which it could go.
drain() {
  local node first pod began
  node=$(k get nodes -o jsonpath='{.items[0].metadata.name}')
  first=$(pods cart)
  for pod in $first; do
    [ -s "$work/$pod.log" ] || follow shop "$pod"
    await 120 "spans of $pod are taken" grep -q 'taken=[1-9]' "$work/$pod.log"
  done
  ok 'kubectl drain asks for --delete-emptydir-data' \
    "$(k drain "$node" --pod-selector=app=cart --timeout=60s 2>&1 | grep -o -- '--delete-emptydir-data' | head -1)" --delete-emptydir-data
  ok 'and has ended no pod before' "$(pods cart)" "$first"
  began=$(now)
  ok 'with it the node is drained' "$(k drain "$node" --pod-selector=app=cart --ignore-daemonsets --delete-emptydir-data --timeout=120s >"$work/drain.out" 2>&1 && echo drained)" drained
  say "drained after $(($(now) - began)) ms"
  sleep 2
  for pod in $first; do whole "$pod"; done
  ok 'no pod comes to a node that is drained' "$(pods cart)" ''
  # Of two replicas each one may go at a time, and with one node no other can come in its place.
  k drain "$node" --pod-selector=app.kubernetes.io/name=spanthrift --ignore-daemonsets --delete-emptydir-data --timeout=15s >"$work/drain.own" 2>&1
  say "the cluster's own pods: $(grep -c 'evicted$' "$work/drain.own") evicted; $(grep -o 'Cannot evict pod as it would violate.*' "$work/drain.own" | sort -u | head -2 | tr '\n' ' ')"
  began=$(now)
  k uncordon "$node" >/dev/null
  k -n shop rollout status deploy/cart --timeout=180s >/dev/null
  ok 'the pods come back with their sidecars' "$(k -n shop get pods -l app=cart --field-selector=status.phase=Running -o jsonpath='{.items[*].status.initContainerStatuses[*].started}')" 'true true'
  say "uncordoned: both ready after $(($(now) - began)) ms"
  k -n spanthrift rollout status deploy/spanthrift-injector deploy/spanthrift-controller --timeout=180s >/dev/null
}

# enforced NAMESPACE: ten pods in turn would get a sidecar that is not in shadow. Injectors watch namespaces, and a pod
# that is made in the moment after an annotation gets its sidecar as the namespace was before.
enforced() {
  local turn
  for turn in 1 2 3 4 5 6 7 8 9 10; do
    k -n "$1" run probe --image=localhost/app:1 --dry-run=server -o yaml | grep -A1 'name: SPANTHRIFT_MODE' | grep -q 'value: enforce' || return 1
  done
}

# Two workloads that share a trace for each tenth of a second; an error in the part of the one keeps both.
fleet() {
  local part from to seen
  cat <<YAML | k -n sink apply -f - >/dev/null
apiVersion: v1
kind: Pod
metadata: {name: redis, labels: {app: redis}}
spec: {containers: [{name: redis, image: "localhost/redis:1", imagePullPolicy: Never, command: [/redis-server, --bind, 0.0.0.0, --protected-mode, "no", --save, ""]}]}
---
apiVersion: v1
kind: Service
metadata: {name: redis}
spec: {selector: {app: redis}, ports: [{port: 6379}]}
YAML
  k -n sink wait --for=condition=Ready pod/redis --timeout=60s >/dev/null
  ok 'the chart takes the engine' "$(h upgrade spanthrift "$here/../../helm/spanthrift" --namespace spanthrift --reuse-values \
    --set fleet.url=redis://redis.sink.svc:6379 --timeout 5m >"$work/helm.fleet" 2>&1 && echo yes || tail -5 "$work/helm.fleet")" yes
  k -n spanthrift rollout status deploy/spanthrift-injector --timeout=300s >/dev/null
  await 60 'the injectors before are gone' sh -c "[ \"\$($CLUSTER_EXEC kubectl -n spanthrift get pods -o name | wc -l)\" = 4 ]"
  namespace pair
  k annotate namespace pair spanthrift.dev/mode=enforce >/dev/null
  from=$(now)
  await 60 'both injectors know that the namespace obeys' enforced pair
  say "the namespace's annotation is known to both injectors after $(($(now) - from)) ms"
  ok 'the policy of the pair is taken' "$(cat <<YAML | k -n pair apply -f - >"$work/policy.out" 2>&1 && echo yes || cat "$work/policy.out"
apiVersion: spanthrift.dev/v1alpha1
kind: SamplingPolicy
metadata: {name: errors}
spec:
  mode: enforce
  policies:
    - {name: errors, match: {hasError: true}, keep: true}
    - {name: rest, probability: 0.001}
YAML
)" yes
  for part in errors calm; do
    cat <<YAML | k -n pair apply -f - >/dev/null
apiVersion: v1
kind: Pod
metadata: {name: $part, labels: {app: $part}}
spec:
  terminationGracePeriodSeconds: 20
  restartPolicy: Never
  containers:
$(app 40 0 end | sed "s/  env:/  env:\n    - {name: PART, value: $part}/" | indent 4)
YAML
  done
  k -n pair wait --for=condition=Ready pod/errors pod/calm --timeout=120s >/dev/null
  for part in errors calm; do
    follow pair "$part"
    await 120 "spans of $part are taken" grep -q 'taken=[1-9]' "$work/$part.log"
  done
  await 60 'both run the policy' sh -c "[ \"\$($CLUSTER_EXEC kubectl -n pair get samplingpolicy errors -o jsonpath='{.status.sidecars}')\" = 2 ]"
  from=$(($(now) / 100 + 50))
  sleep 45
  to=$(($(now) / 100))
  sleep 15
  k -n pair delete pod errors calm >/dev/null
  sleep 2
  seen=$(k -n sink exec deploy/backend -- wget -q -O - "http://127.0.0.1:4318/whole?errors,calm,$from,$to")
  say "two workloads, one trace for each tenth of a second, $(((to - from) / 10)) with an error in the one: traces with an error kept, of these whole, others kept: $seen"
  for part in errors calm; do say "$part: $(grep -o 'at the end: .*' "$work/$part.sidecar")"; done
  # shellcheck disable=SC2086
  set -- $seen
  ok 'all traces with an error are kept' "$([ "${1:-0}" -ge "$(((to - from) / 10))" ] && echo yes || echo "$1 of $(((to - from) / 10))")" yes
  ok "all of the ${1:-0} are whole" "${2:-0}" "${1:-0}"
  ok 'what has no error is dropped, but for a thousandth' "$([ "${3:-99}" -le 5 ] && echo yes || echo "$3 kept")" yes
  k delete namespace pair --wait=false >/dev/null
}
