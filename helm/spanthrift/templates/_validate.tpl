{{/* What no schema can say, because it is about two values at a time. */}}
{{- define "spanthrift.validate" -}}
{{- $destinations := or .Values.destination.endpoint .Values.configMap.existingName (hasKey .Values.config "destinations") }}
{{- if not $destinations }}
{{- fail "destination.endpoint is empty: set it to the OTLP backend's URL, such as https://otlp.example.com:4318, or name destinations in config" }}
{{- end }}
{{- if and .Values.destination.endpoint (hasKey .Values.config "destinations") }}
{{- fail "destination.endpoint and config.destinations are both set: keep one of them" }}
{{- end }}
{{- if eq .Values.mode "cluster" }}
{{- include "spanthrift.validateCluster" . }}
{{- end }}
{{- if and .Values.policies (hasKey .Values.config "policies") }}
{{- fail "policies and config.policies are both set: keep one of them" }}
{{- end }}
{{- if .Values.configMap.existingName }}
{{- if or .Values.config .Values.policies }}
{{- fail "configMap.existingName is set, so config and policies would not be used: remove one or the other" }}
{{- end }}
{{- end }}
{{- if eq .Values.mode "sidecar" }}
{{- if and .Values.application.create (not .Values.application.image) }}
{{- fail "application.image is empty: set the image of the application beside the sidecar, or mode=gateway, or application.create=false" }}
{{- end }}
{{- if .Values.networkPolicy.enabled }}
{{- fail "networkPolicy.enabled is for mode=gateway: in a sidecar's pod it would close the application's own traffic" }}
{{- end }}
{{- if .Values.serviceMonitor.enabled }}
{{- fail "serviceMonitor.enabled is for mode=gateway: a sidecar has no Service, set podMonitor.enabled" }}
{{- end }}
{{- else if and .Values.podMonitor.enabled (eq .Values.mode "gateway") }}
{{- fail "podMonitor.enabled is for mode=sidecar: a gateway has a Service, set serviceMonitor.enabled" }}
{{- end }}
{{- if has .Values.listen (list "127.0.0.1" "::1" "localhost") }}
{{- if eq .Values.mode "gateway" }}
{{- fail (printf "listen is %s: a gateway on loopback hears nobody, leave it empty" .Values.listen) }}
{{- end }}
{{- end }}
{{- if and .Values.fleet.url (dig "fleet" "url" "" .Values.config) }}
{{- fail "fleet.url and config.fleet.url are both set: keep one of them" }}
{{- end }}
{{- if and (or .Values.fleet.user .Values.fleet.passwordSecret.name .Values.fleet.tlsSecret.name) (not .Values.fleet.url) }}
{{- fail "fleet.url is empty: set it to the Redis or Valkey that fleet.user, fleet.passwordSecret and fleet.tlsSecret are for, or leave these out" }}
{{- end }}
{{- $chooses := or .Values.policies (dig "policies" list .Values.config) (dig "budgets" list .Values.config) }}
{{- $gateway := or (eq .Values.mode "gateway") (and (eq .Values.mode "cluster") .Values.gateway.enabled) }}
{{- $pods := ternary .Values.gateway.replicaCount .Values.replicaCount (eq .Values.mode "cluster") }}
{{- $several := ternary (gt (int .Values.autoscaling.maxReplicas) 1) (gt (int $pods) 1) .Values.autoscaling.enabled }}
{{- if and $gateway $several $chooses (not (include "spanthrift.hasFleet" .)) (not .Values.gateway.routedByTraceId) }}
{{- fail "several gateway pods (replicaCount, autoscaling) see parts of a trace each, and policies or budgets would keep some of the parts: set fleet.url to a Redis or Valkey, or gateway.routedByTraceId if senders route by trace id, or have one pod" }}
{{- end }}
{{- $ports := list (int .Values.ports.grpc) (int .Values.ports.http) (int .Values.ports.admin) }}
{{- if lt (len (uniq $ports)) 3 }}
{{- fail (printf "ports.grpc, ports.http and ports.admin are %v: each needs a port of its own" $ports) }}
{{- end }}
{{- range $part := ternary (list "sidecar" "gateway") (list .Values.mode) (eq .Values.mode "cluster") }}
{{- include "spanthrift.validateMemory" (dict "part" $part "values" (get $.Values $part)) }}
{{- end }}
{{- include "spanthrift.validatePolicies" .Values.policies }}
{{- end }}

{{/* Mebibytes of a quantity or of -Xmx's words; nothing else comes here, for the schema has been asked. */}}
{{- define "spanthrift.mebibytes" -}}
{{- $text := toString . -}}
{{- $number := regexFind "^[0-9]+([.][0-9]+)?" $text | float64 -}}
{{- $unit := regexReplaceAll "^[0-9.]+" $text "" -}}
{{- $factors := dict "" 0.00000095367431640625 "m" 1.0 "k" 0.00095367431640625 "K" 0.0009765625 "Ki" 0.0009765625 "M" 0.95367431640625 "Mi" 1.0 "G" 953.67431640625 "g" 1024.0 "Gi" 1024.0 "T" 953674.31640625 "Ti" 1048576.0 -}}
{{- mulf $number (get $factors $unit) | floor | int -}}
{{- end }}

{{/* The least is MemoryPlan's; beside its heap the process takes 128 MiB at least: code, direct memory, classes, stacks. */}}
{{- define "spanthrift.validateMemory" -}}
{{- $limit := dig "resources" "limits" "memory" "" .values | toString }}
{{- if and $limit (ne $limit "<nil>") }}
{{- if hasSuffix "m" $limit }}
{{- fail (printf "%s.resources.limits.memory is %s: m is a thousandth of a byte, write %sMi" .part $limit (trimSuffix "m" $limit)) }}
{{- end }}
{{- $mebibytes := include "spanthrift.mebibytes" $limit | int }}
{{- if lt $mebibytes 176 }}
{{- fail (printf "%s.resources.limits.memory is %s: 176Mi is the least for the JVM beside its heap" .part $limit) }}
{{- end }}
{{- $heap := regexFind "-Xmx[0-9]+[kKmMgG]?" .values.javaOptions | trimPrefix "-Xmx" }}
{{- if $heap }}
{{- $heapMebibytes := include "spanthrift.mebibytes" (regexReplaceAll "M$" (regexReplaceAll "k$" (regexReplaceAll "G$" $heap "g") "K") "m") | int }}
{{- if gt (add $heapMebibytes 128) $mebibytes }}
{{- fail (printf "%s.javaOptions has -Xmx%s in a container of %s: the process takes 128Mi and more beside its heap, so %dm is the most; without -Xmx it follows from the limit" .part $heap $limit (sub $mebibytes 128)) }}
{{- end }}
{{- end }}
{{- $request := dig "resources" "requests" "memory" "" .values | toString }}
{{- if and $request (ne $request "<nil>") (gt (include "spanthrift.mebibytes" $request | int) $mebibytes) }}
{{- fail (printf "%s.resources.requests.memory is %s and its limit %s: the limit must not be below" .part $request $limit) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Names are unique, and each policy has exactly one action. */}}
{{- define "spanthrift.validatePolicies" -}}
{{- $names := dict }}
{{- range $i, $policy := . }}
{{- if hasKey $names $policy.name }}
{{- fail (printf "policies[%d].name %s stands there twice: names are the reasons by which what is kept is counted" $i $policy.name) }}
{{- end }}
{{- $_ := set $names $policy.name true }}
{{- $actions := list }}
{{- range $action := list "keep" "drop" "probability" "rate" "weight" "budget" }}
{{- if hasKey $policy $action }}{{ $actions = append $actions $action }}{{ end }}
{{- end }}
{{- if ne (len $actions) 1 }}
{{- fail (printf "policies[%d] (%s) has %s: write exactly one of keep, drop, probability, rate, weight, budget (docs/policies.md)" $i $policy.name (default "no action" (join " and " $actions))) }}
{{- end }}
{{- end }}
{{- end }}

{{/* What a cluster's installation cannot be. */}}
{{- define "spanthrift.validateCluster" -}}
{{- if .Values.application.image }}
{{- fail "application.image is for mode=sidecar: in mode=cluster applications are your own, label their namespace" }}
{{- end }}
{{- if and (eq .Values.injection.mode "policy") (not (.Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy")) (not (.Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy")) (semverCompare "<1.34.0-0" .Capabilities.KubeVersion.Version) }}
{{- fail (printf "injection.mode is policy, and Kubernetes %s has no MutatingAdmissionPolicy (1.36, or 1.34 with the feature gate): set injection.mode=webhook" .Capabilities.KubeVersion.Version) }}
{{- end }}
{{- if and (eq .Values.injection.mode "webhook") (or (omit .Values.sidecar.resources.limits "memory") (omit .Values.sidecar.resources.requests "cpu" "memory")) }}
{{- fail "sidecar.resources: the injector gives requests.cpu, requests.memory and limits.memory; remove the others, or set injection.mode=policy" }}
{{- end }}
{{- if and (or .Values.policies .Values.config) (not .Values.gateway.enabled) (not .Values.node.enabled) }}
{{- fail "policies and config are for gateway and node in mode=cluster, and neither is enabled: make SamplingPolicy objects for sidecars, or enable one of the two" }}
{{- end }}
{{- end }}
