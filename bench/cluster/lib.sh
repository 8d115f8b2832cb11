# What the checks of this folder share; sourced by `run`.
# shellcheck shell=bash disable=SC2034
good=0 bad=0

# shellcheck disable=SC2086
k() { $CLUSTER_EXEC kubectl "$@"; }
# shellcheck disable=SC2086
h() { $CLUSTER_EXEC helm "$@"; }
c() { ctr -a "$CLUSTER_SOCKET" -n k8s.io "$@"; }
say() { echo "     $*"; }
now() { date +%s%3N; }
load() { cut -d' ' -f1 /proc/loadavg; }
indent() { sed "s/^/$(printf '%*s' "$1" '')/"; }

# ok WHAT GOT WANTED
ok() {
  if [ "$2" = "$3" ]; then
    good=$((good + 1))
    echo "ok   $1"
  else
    bad=$((bad + 1))
    echo "FAIL $1: got [$2], wanted [$3]"
  fi
}

# await SECONDS WHAT COMMAND...
await() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$end" ]; then
      echo "FAIL not in time: $what"
      bad=$((bad + 1))
      return 1
    fi
    sleep 0.3
  done
}

# --- objects --------------------------------------------------------------------------------------

restricted='securityContext: {runAsNonRoot: true, runAsUser: 65532, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}'

# app RATE COUNT end|ignore: a container
app() {
  cat <<YAML
- name: app
  image: localhost/app:1
  imagePullPolicy: Never
  command: [java, -XX:+UseSerialGC, -XX:TieredStopAtLevel=1, -Xmx64m, -cp, "/app/classes:/app/lib/*", App, "$1", "$2", $3]
  env:
    - {name: OTEL_METRICS_EXPORTER, value: none}
    - {name: OTEL_LOGS_EXPORTER, value: none}
    - {name: OTEL_BSP_SCHEDULE_DELAY, value: "200"}
    - {name: OTEL_JAVA_EXPORTER_OTLP_RETRY_DISABLED, value: "false"}
  $restricted
YAML
}

# pod NAME RATE COUNT end|ignore GRACE
pod() {
  cat <<YAML | k -n shop apply -f - >/dev/null
apiVersion: v1
kind: Pod
metadata: {name: $1, labels: {app: $1}}
spec:
  terminationGracePeriodSeconds: $5
  restartPolicy: Never
  containers:
$(app "$2" "$3" "$4" | indent 4)
YAML
}

# namespace NAME [LABEL...]: with the sidecar, and ready for pods
namespace() {
  k create namespace "$1" >/dev/null
  k label namespace "$@" spanthrift.dev/injection=enabled >/dev/null
  await 60 "a service account in $1" k -n "$1" get serviceaccount default
  await 60 "the controller's ConfigMap in $1" k -n "$1" get configmap spanthrift-controller-ca
}

pods() { k -n shop get pods -l app="$1" --field-selector=status.phase=Running -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{"\n"}{end}' | awk 'NF == 1 {print $1}'; }

statuses() { k -n "$1" get pod "$2" -o jsonpath="{.status.$3}"; }

gone() { # SECONDS NAMESPACE POD
  await "$1" "$3 is gone" sh -c "! $CLUSTER_EXEC kubectl -n $2 get pod $3"
}

# process NAMESPACE POD CONTAINER: of this machine
process() {
  local id
  id=$(k -n "$1" get pod "$2" -o jsonpath="{.status.initContainerStatuses[?(@.name==\"$3\")].containerID}{.status.containerStatuses[?(@.name==\"$3\")].containerID}")
  c tasks ls | awk -v c="${id##*/}" '$1 == c {print $2}'
}

# --- what was sent, and what came ------------------------------------------------------------------

# counts: "POD DIFFERENT ALL" of the backend
counts() { k -n sink exec deploy/backend -- wget -q -O - http://127.0.0.1:4318/counts; }
received() { counts | awk -v p="$1" '$1 == p {print $2}'; }

# follow NAMESPACE POD: both logs, to their ends
follow() {
  k -n "$1" logs -f "$2" -c app >"$work/$2.log" 2>/dev/null &
  k -n "$1" logs -f "$2" -c spanthrift >"$work/$2.sidecar" 2>/dev/null &
}

# field POD NAME: of the application's last line
field() { grep -o "$2=[0-9-]*" "$work/$1.log" | tail -1 | cut -d= -f2; }

# last_words POD: "RECEIVED SHIPPED LOST" as the sidecar said at its end, LOST being all that it did not deliver;
# of one that was killed what it said last of what was at stake: "- - LOST"
last_words() {
  sed -E 's/([0-9]),([0-9]{3})/\1\2/g; s/([0-9]),([0-9]{3})/\1\2/g' "$work/$1.sidecar" | awk '
    function number(after,   at) { at = match($0, "[0-9]+ " after); return at ? substr($0, at) + 0 : 0 }
    /: ending; [0-9]+ spans wait/ { stake = number("spans wait") }
    / spans are still to be sent/ { stake = number("spans are still to be sent") + number("to be decided") }
    /at the end: / {
      lost = number("dropped") + number("still held") + number("still queued")
      if (match($0, "failed: ")) {
        count = split(substr($0, RSTART), words, " ")
        for (i = 2; i <= count; i += 2) lost += words[i]
      }
      said = number("spans received") " " number("shipped") " " lost
    }
    END { print said != "" ? said : "- - " stake + 0 }'
}

# whole POD [killed|starved]: what its application was told is taken has come, or its sidecar said what it lost; of an
# application that was not killed the last word is wanted too, of a sidecar that was starved not that it lost nothing
whole() {
  local made taken different all got shipped lost
  made=$(field "$1" made) taken=$(field "$1" taken)
  read -r different all <<<"$(counts | awk -v p="$1" '$1 == p {print $2, $3}')"
  read -r got shipped lost <<<"$(last_words "$1")"
  say "$1: made $made, acknowledged $taken, refusals $(field "$1" refusals); the sidecar's books: $got received, $shipped shipped, $lost lost; came: ${different:-0}, twice $((${all:-0} - ${different:-0}))"
  ok "$1 lost nothing without a word" "$([ "$((${different:-0} + lost))" -ge "${taken:-1}" ] && echo nothing)" nothing
  [ "${2:-}" = starved ] || ok "$1 lost nothing" "$([ "${different:-0}" -ge "${taken:-1}" ] && echo nothing)" nothing
  if [ -z "${2:-}" ]; then
    ok "the application in $1 said its last word" "$(tail -1 "$work/$1.log" | cut -d' ' -f2)" end
    ok "what the sidecar of $1 says it shipped has come" "$([ "${all:-0}" -ge "${shipped/-/9999999}" ] && echo yes)" yes
  fi
}
