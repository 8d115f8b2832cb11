{{/*
For other charts, with this one as a dependency and `application.create: false`:
  initContainers: [ include "spanthrift.sidecar" .Subcharts.spanthrift ]
  containers[].env: include "spanthrift.applicationEnv" .Subcharts.spanthrift
  volumes: include "spanthrift.volumes" .Subcharts.spanthrift
  pod annotations: include "spanthrift.podAnnotations" .Subcharts.spanthrift
*/}}

{{/* Address of the OTLP ports, by mode. */}}
{{- define "spanthrift.listen" -}}
{{- default (ternary "0.0.0.0" "localhost" (eq .Values.mode "gateway")) .Values.listen }}
{{- end }}

{{/* Names that may stand in a Host header; whoever comes by the gateway's Service uses one of these. */}}
{{- define "spanthrift.adminHosts" -}}
{{- $hosts := list -}}
{{- if eq .Values.mode "gateway" -}}
{{- $name := include "spanthrift.fullname" . -}}
{{- $space := include "spanthrift.namespace" . -}}
{{- $hosts = list $name (printf "%s.%s" $name $space) (printf "%s.%s.svc" $name $space) (printf "%s.%s.svc.cluster.local" $name $space) -}}
{{- end -}}
{{- concat $hosts .Values.admin.hosts | join "," -}}
{{- end }}

{{/* An init container that keeps running: starts before the application, ends after it (KEP-753). */}}
{{- define "spanthrift.sidecar" -}}
- name: {{ .Values.sidecar.containerName }}
  restartPolicy: Always
  {{- include "spanthrift.container" (dict "context" . "javaOptions" .Values.sidecar.javaOptions "limits" .Values.sidecar.resources.limits) | nindent 2 }}
  {{- if .Values.sidecar.holdApplication }}
  startupProbe:
    httpGet:
      path: /readyz
      port: spanthrift
    initialDelaySeconds: 1 # the ports open about a second after the start: no Unhealthy event before
    periodSeconds: 1
    failureThreshold: 120
  {{- end }}
  resources:
    {{- toYaml .Values.sidecar.resources | nindent 4 }}
{{- end }}

{{/* What sidecar and gateway have in common. */}}
{{- define "spanthrift.container" -}}
{{- $ := .context -}}
{{- $args := list "run" "--config" "/etc/spanthrift/spanthrift.yaml" -}}
{{- if $.Values.lenient }}{{ $args = append $args "--lenient" }}{{ end -}}
{{- include "spanthrift.oneOff" (merge (dict "args" $args) .) }}
ports:
  - name: otlp-grpc
    containerPort: {{ $.Values.ports.grpc }}
    protocol: TCP
  - name: otlp-http
    containerPort: {{ $.Values.ports.http }}
    protocol: TCP
  - name: spanthrift
    containerPort: {{ $.Values.ports.admin }}
    protocol: TCP
livenessProbe:
  httpGet:
    path: /healthz
    port: spanthrift
  {{- toYaml $.Values.livenessProbe | nindent 2 }}
{{- end }}

{{/* A container with configuration, secrets and scratch space, without ports and probes. */}}
{{- define "spanthrift.oneOff" -}}
{{- $ := .context -}}
image: {{ include "spanthrift.image" $ | quote }}
imagePullPolicy: {{ $.Values.image.pullPolicy }}
args:
  {{- toYaml .args | nindent 2 }}
env:
  {{- include "spanthrift.env" . | nindent 2 }}
{{- with $.Values.extraEnvsFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml $.Values.securityContext | nindent 2 }}
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
  {{- if ne $.Values.mode "cluster" }}
  - name: spanthrift-config
    mountPath: /etc/spanthrift
    readOnly: true
  {{- end }}
  - name: spanthrift-state
    mountPath: /var/lib/spanthrift
  - name: spanthrift-tmp
    mountPath: /tmp
  {{- /* An empty folder where the application's token would be: the sidecar never calls the API. */}}
  {{- if eq $.Values.mode "sidecar" }}
  - name: spanthrift-tmp
    mountPath: /var/run/secrets/kubernetes.io/serviceaccount
    readOnly: true
    subPath: no-api-token
  {{- end }}
  {{- if $.Values.admin.tokenSecret.name }}
  - name: spanthrift-token
    mountPath: /var/run/secrets/spanthrift/token
    readOnly: true
  {{- end }}
  {{- if $.Values.destination.tlsSecret.name }}
  - name: spanthrift-tls
    mountPath: /var/run/secrets/spanthrift/tls
    readOnly: true
  {{- end }}
  {{- if $.Values.fleet.passwordSecret.name }}
  - name: spanthrift-fleet-password
    mountPath: /var/run/secrets/spanthrift/fleet-password
    readOnly: true
  {{- end }}
  {{- if $.Values.fleet.tlsSecret.name }}
  - name: spanthrift-fleet-tls
    mountPath: /var/run/secrets/spanthrift/fleet-tls
    readOnly: true
  {{- end }}
  {{- with $.Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "spanthrift.env" -}}
{{- $ := .context -}}
- name: SPANTHRIFT_LISTEN_GRPC_HOST
  value: {{ include "spanthrift.listen" $ | quote }}
- name: SPANTHRIFT_LISTEN_GRPC_PORT
  value: {{ $.Values.ports.grpc | quote }}
- name: SPANTHRIFT_LISTEN_HTTP_HOST
  value: {{ include "spanthrift.listen" $ | quote }}
- name: SPANTHRIFT_LISTEN_HTTP_PORT
  value: {{ $.Values.ports.http | quote }}
- name: SPANTHRIFT_ADMIN_HOST
  value: {{ $.Values.admin.listen | quote }}
- name: SPANTHRIFT_ADMIN_PORT
  value: {{ $.Values.ports.admin | quote }}
{{- with include "spanthrift.adminHosts" $ }}
- name: SPANTHRIFT_ADMIN_HOSTS
  value: {{ . | quote }}
{{- end }}
{{- if $.Values.admin.tokenSecret.name }}
- name: SPANTHRIFT_ADMIN_TOKEN_FILE
  value: /var/run/secrets/spanthrift/token/token
{{- end }}
- name: SPANTHRIFT_STATE_DIR
  value: /var/lib/spanthrift
{{- if (.limits).memory }}
- name: SPANTHRIFT_MEMORY
  valueFrom:
    resourceFieldRef:
      resource: limits.memory
{{- end }}
{{- with .javaOptions }}
- name: SPANTHRIFT_JAVA_OPTS
  value: {{ . | quote }}
{{- end }}
{{- include "spanthrift.destinationEnv" $.Values.destination }}
{{- include "spanthrift.fleetEnv" $.Values.fleet }}
{{- with $.Values.extraEnvs }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Without an endpoint the destinations of `config` hold, and none of these may disturb them. */}}
{{- define "spanthrift.destinationEnv" -}}
{{- if .endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .endpoint | quote }}
- name: OTEL_EXPORTER_OTLP_PROTOCOL
  value: {{ .protocol | quote }}
{{- with .compression }}
- name: OTEL_EXPORTER_OTLP_COMPRESSION
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- if .headersSecret.name }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom:
    secretKeyRef:
      name: {{ .headersSecret.name }}
      key: {{ .headersSecret.key }}
{{- end }}
{{- if .tlsSecret.name }}
{{- with .tlsSecret.caKey }}
- name: OTEL_EXPORTER_OTLP_CERTIFICATE
  value: /var/run/secrets/spanthrift/tls/{{ . }}
{{- end }}
{{- with .tlsSecret.certKey }}
- name: OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE
  value: /var/run/secrets/spanthrift/tls/{{ . }}
{{- end }}
{{- with .tlsSecret.keyKey }}
- name: OTEL_EXPORTER_OTLP_CLIENT_KEY
  value: /var/run/secrets/spanthrift/tls/{{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/* The pod's name in the fleet is the host's name, which is the pod's. */}}
{{- define "spanthrift.fleetEnv" -}}
{{- if .url }}
- name: SPANTHRIFT_FLEET_URL
  value: {{ .url | quote }}
- name: SPANTHRIFT_FLEET_NAME
  value: {{ .name | quote }}
{{- with .user }}
- name: SPANTHRIFT_FLEET_USER
  value: {{ . | quote }}
{{- end }}
{{- if .passwordSecret.name }}
- name: SPANTHRIFT_FLEET_PASSWORD_FILE
  value: /var/run/secrets/spanthrift/fleet-password/password
{{- end }}
{{- if .tlsSecret.name }}
{{- with .tlsSecret.caKey }}
- name: SPANTHRIFT_FLEET_AUTHORITY
  value: /var/run/secrets/spanthrift/fleet-tls/{{ . }}
{{- end }}
{{- with .tlsSecret.certKey }}
- name: SPANTHRIFT_FLEET_CLIENT_CERTIFICATE
  value: /var/run/secrets/spanthrift/fleet-tls/{{ . }}
{{- end }}
{{- with .tlsSecret.keyKey }}
- name: SPANTHRIFT_FLEET_CLIENT_KEY
  value: /var/run/secrets/spanthrift/fleet-tls/{{ . }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Points the application's SDK to the sidecar, at the very address that the sidecar binds. */}}
{{- define "spanthrift.applicationEnv" -}}
{{- $host := include "spanthrift.listen" . -}}
{{- if contains ":" $host }}{{ $host = printf "[%s]" $host }}{{ end -}}
{{- $own := dict -}}
{{- range .Values.application.env }}{{ $_ := set $own .name true }}{{ end -}}
{{- if not (hasKey $own "OTEL_EXPORTER_OTLP_ENDPOINT") }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ printf "http://%s:%v" $host .Values.ports.http | quote }}
{{- end }}
{{- if not (hasKey $own "OTEL_EXPORTER_OTLP_PROTOCOL") }}
- name: OTEL_EXPORTER_OTLP_PROTOCOL
  value: http/protobuf
{{- end }}
{{- with .Values.application.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "spanthrift.volumes" -}}
{{- if ne .Values.mode "cluster" }}
- name: spanthrift-config
  configMap:
    name: {{ include "spanthrift.configMapName" . }}
{{- end }}
- name: spanthrift-state
  emptyDir:
    sizeLimit: {{ .Values.state.sizeLimit }}
    {{- with .Values.state.medium }}
    medium: {{ . }}
    {{- end }}
- name: spanthrift-tmp
  emptyDir:
    sizeLimit: {{ .Values.tmp.sizeLimit }}
{{- if .Values.admin.tokenSecret.name }}
- name: spanthrift-token
  secret:
    secretName: {{ .Values.admin.tokenSecret.name }}
    items:
      - key: {{ .Values.admin.tokenSecret.key }}
        path: token
{{- end }}
{{- if .Values.destination.tlsSecret.name }}
- name: spanthrift-tls
  secret:
    secretName: {{ .Values.destination.tlsSecret.name }}
{{- end }}
{{- if .Values.fleet.passwordSecret.name }}
- name: spanthrift-fleet-password
  secret:
    secretName: {{ .Values.fleet.passwordSecret.name }}
    items:
      - key: {{ .Values.fleet.passwordSecret.key }}
        path: password
{{- end }}
{{- if .Values.fleet.tlsSecret.name }}
- name: spanthrift-fleet-tls
  secret:
    secretName: {{ .Values.fleet.tlsSecret.name }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The program reads its file once, at start: another file, another pod. */}}
{{- define "spanthrift.podAnnotations" -}}
{{- if not .Values.configMap.existingName }}
checksum/config: {{ include "spanthrift.configuration" . | sha256sum }}
{{- end }}
cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes: spanthrift-state,spanthrift-tmp
{{- end }}

{{- define "spanthrift.configuration" -}}
{{- $config := mergeOverwrite (deepCopy (get .Values .Values.mode).config) .Values.config -}}
{{- with .Values.policies }}{{ $_ := set $config "policies" . }}{{ end -}}
{{- toYaml $config }}
{{- end }}
