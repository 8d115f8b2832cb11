{{/* What no schema can say, because it is about two values at a time. */}}
{{- define "spanthrift.validate" -}}
{{- $destinations := or .Values.destination.endpoint .Values.configMap.existingName (hasKey .Values.config "destinations") }}
{{- if not $destinations }}
{{- fail "destination.endpoint is empty: set it to the OTLP backend's URL, such as https://otlp.example.com:4318, or name destinations in config" }}
{{- end }}
{{- if and .Values.destination.endpoint (hasKey .Values.config "destinations") }}
{{- fail "destination.endpoint and config.destinations are both set: keep one of them" }}
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
{{- else if .Values.podMonitor.enabled }}
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
{{- if and (eq .Values.mode "gateway") (include "spanthrift.hasReplicas" .) $chooses (not (include "spanthrift.hasFleet" .)) (not .Values.gateway.routedByTraceId) }}
{{- fail "several gateway pods (replicaCount, autoscaling) see parts of a trace each, and policies or budgets would keep some of the parts: set fleet.url to a Redis or Valkey, or gateway.routedByTraceId if senders route by trace id, or have one pod" }}
{{- end }}
{{- end }}
