{{- define "spanthrift.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Object name: 63 characters at most, because a label carries it too. */}}
{{- define "spanthrift.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "spanthrift.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "spanthrift.selectorLabels" -}}
app.kubernetes.io/name: {{ include "spanthrift.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: {{ default .Values.mode .Values.component }}
{{- end }}

{{/* The chart's own labels win over common ones: selectors depend on them. */}}
{{- define "spanthrift.labels" -}}
{{- $own := include "spanthrift.selectorLabels" . | fromYaml -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- $_ := set $own "app.kubernetes.io/version" (default .Chart.AppVersion .Values.image.tag | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.commonLabels) $own) }}
{{- end }}

{{/* Without the chart's version, so that a new chart alone restarts no application. */}}
{{- define "spanthrift.podLabels" -}}
{{- $own := include "spanthrift.selectorLabels" . | fromYaml -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.commonLabels) .Values.podLabels $own) }}
{{- end }}

{{- define "spanthrift.metadata" -}}
name: {{ include "spanthrift.fullname" . }}
namespace: {{ include "spanthrift.namespace" . }}
labels:
  {{- include "spanthrift.labels" . | nindent 2 }}
{{- end }}

{{- define "spanthrift.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "spanthrift.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "spanthrift.configMapName" -}}
{{- default (include "spanthrift.fullname" .) .Values.configMap.existingName }}
{{- end }}

{{- define "spanthrift.image" -}}
{{- with .Values.image.registry }}{{ . }}/{{ end }}
{{- .Values.image.repository }}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}
{{- else }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}
{{- end }}

{{/* Whether this release has a workload of its own; a parent chart may want the named templates only. */}}
{{- define "spanthrift.hasWorkload" -}}
{{- if or (eq .Values.mode "gateway") (and (eq .Values.mode "sidecar") .Values.application.create) }}true{{ end }}
{{- end }}

{{/* Whether the pods are a fleet, by value or in the configuration. */}}
{{- define "spanthrift.hasFleet" -}}
{{- if or .Values.fleet.url (dig "fleet" "url" "" .Values.config) }}true{{ end }}
{{- end }}

{{/* Whether there may be several pods. */}}
{{- define "spanthrift.hasReplicas" -}}
{{- if ternary (gt (int .Values.autoscaling.maxReplicas) 1) (gt (int .Values.replicaCount) 1) .Values.autoscaling.enabled }}true{{ end }}
{{- end }}

{{/* Labels of a pod that runs once: no selector of a workload, Service or budget takes it in. */}}
{{- define "spanthrift.oneOffLabels" -}}
app.kubernetes.io/name: {{ include "spanthrift.name" .context }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}
