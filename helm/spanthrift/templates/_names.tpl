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
app.kubernetes.io/component: {{ .Values.mode }}
{{- end }}

{{- define "spanthrift.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "spanthrift.selectorLabels" . }}
app.kubernetes.io/version: {{ default .Chart.AppVersion .Values.image.tag | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
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
{{- if or (eq .Values.mode "gateway") .Values.application.create }}true{{ end }}
{{- end }}
