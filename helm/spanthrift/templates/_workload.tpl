{{/* The application beside the sidecar. */}}
{{- define "spanthrift.application" -}}
{{- $application := .Values.application -}}
- name: {{ $application.name }}
  image: {{ $application.image | quote }}
  imagePullPolicy: {{ $application.imagePullPolicy }}
  env:
    {{- include "spanthrift.applicationEnv" . | trim | nindent 4 }}
  {{- range $key := list "command" "args" "envFrom" "ports" "livenessProbe" "readinessProbe" "startupProbe" "lifecycle" "resources" "securityContext" "volumeMounts" }}
  {{- with get $application $key }}
  {{ $key }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
{{- end }}

{{/* The program alone; its readiness is its own business here, since no application shares the pod. */}}
{{- define "spanthrift.gateway" -}}
- name: spanthrift
  {{- include "spanthrift.container" (dict "context" . "javaOptions" .Values.gateway.javaOptions "limits" .Values.gateway.resources.limits) | nindent 2 }}
  readinessProbe:
    httpGet:
      path: /readyz
      port: spanthrift
    {{- toYaml .Values.gateway.readinessProbe | nindent 4 }}
  {{- if and .Values.gateway.preStopSleepSeconds (semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version) }}
  lifecycle:
    preStop:
      sleep:
        seconds: {{ .Values.gateway.preStopSleepSeconds }}
  {{- end }}
  resources:
    {{- toYaml .Values.gateway.resources | nindent 4 }}
{{- end }}

{{/* The user's annotations win. */}}
{{- define "spanthrift.workloadAnnotations" -}}
{{- $own := include "spanthrift.podAnnotations" . | fromYaml -}}
{{- if eq .Values.mode "sidecar" }}{{ $_ := set $own "kubectl.kubernetes.io/default-container" .Values.application.name }}{{ end -}}
{{- toYaml (mergeOverwrite $own .Values.podAnnotations) }}
{{- end }}

{{- define "spanthrift.scheduling" -}}
{{- range $key := list "podSecurityContext" "imagePullSecrets" "nodeSelector" "tolerations" "affinity" "priorityClassName" "runtimeClassName" }}
{{- with get $.Values $key }}
{{ ternary "securityContext" $key (eq $key "podSecurityContext") }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  {{- $selector := dict "labelSelector" (dict "matchLabels" (include "spanthrift.selectorLabels" $ | fromYaml)) }}
  - {{- toYaml (merge (deepCopy .) $selector) | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
