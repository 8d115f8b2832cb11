{{/* Names, labels and pods of the cluster's programs. Context: dict "context" . "component" "injector". */}}
{{- define "spanthrift.component.name" -}}
{{- printf "%s-%s" (include "spanthrift.fullname" .context | trunc 48 | trimSuffix "-") .component }}
{{- end }}

{{- define "spanthrift.component.selectorLabels" -}}
app.kubernetes.io/name: {{ include "spanthrift.name" .context }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "spanthrift.component.labels" -}}
{{- $own := include "spanthrift.labels" .context | fromYaml -}}
{{- toYaml (mergeOverwrite $own (include "spanthrift.component.selectorLabels" . | fromYaml)) }}
{{- end }}

{{- define "spanthrift.component.metadata" -}}
name: {{ include "spanthrift.component.name" . }}
namespace: {{ include "spanthrift.namespace" .context }}
labels:
  {{- include "spanthrift.component.labels" . | nindent 2 }}
{{- end }}

{{/* Cluster-wide objects carry the namespace, so that two installations do not share them. */}}
{{- define "spanthrift.cluster.name" -}}
{{- $name := printf "%s-%s" (include "spanthrift.namespace" .) (include "spanthrift.fullname" .) -}}
{{- if eq (include "spanthrift.namespace" .) (include "spanthrift.fullname" .) }}{{ $name = include "spanthrift.fullname" . }}{{ end -}}
{{- if hasPrefix "spanthrift" $name }}{{ $name }}{{ else }}spanthrift-{{ $name }}{{ end }}
{{- end }}

{{- define "spanthrift.cluster.image" -}}
{{- $image := mergeOverwrite (deepCopy .Values.image) (dict "repository" .Values.clusterImage.repository "digest" .Values.clusterImage.digest) -}}
{{- include "spanthrift.image" (dict "Values" (dict "image" $image) "Chart" .Chart) }}
{{- end }}

{{/* Pods of one program apart from each other, where that is possible: one node's end is not both's. */}}
{{- define "spanthrift.component.pod" -}}
{{- $ := .context -}}
serviceAccountName: {{ include "spanthrift.component.name" . }}
automountServiceAccountToken: true
enableServiceLinks: false
terminationGracePeriodSeconds: 30
{{- range $key := list "podSecurityContext" "imagePullSecrets" "nodeSelector" "tolerations" "runtimeClassName" }}
{{- with get $.Values $key }}
{{ ternary "securityContext" $key (eq $key "podSecurityContext") }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- if $.Values.affinity }}
affinity:
  {{- toYaml $.Values.affinity | nindent 2 }}
{{- else }}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "spanthrift.component.selectorLabels" . | nindent 14 }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "spanthrift.component.selectorLabels" . | nindent 8 }}
{{- end }}

{{- define "spanthrift.component.deployment" -}}
{{- $ := .context -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "spanthrift.component.metadata" . | nindent 2 }}
spec:
  replicas: {{ .values.replicaCount }}
  revisionHistoryLimit: {{ $.Values.revisionHistoryLimit }}
  minReadySeconds: {{ $.Values.minReadySeconds }}
  strategy:
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      {{- include "spanthrift.component.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- toYaml (mergeOverwrite (deepCopy $.Values.commonLabels) $.Values.podLabels (include "spanthrift.component.selectorLabels" . | fromYaml)) | nindent 8 }}
        spanthrift.dev/inject: "false"
      annotations:
        cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes: tmp
        {{- with $.Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- include "spanthrift.component.pod" . | nindent 6 }}
      containers:
        - name: {{ .component }}
          image: {{ include "spanthrift.cluster.image" $ | quote }}
          imagePullPolicy: {{ $.Values.image.pullPolicy }}
          args:
            {{- toYaml .args | nindent 12 }}
          env:
            {{- include "spanthrift.component.env" . | nindent 12 }}
          ports:
            {{- range $name, $port := .ports }}
            - name: {{ $name }}
              containerPort: {{ $port }}
              protocol: TCP
            {{- end }}
          readinessProbe:
            httpGet:
              path: /readyz
              port: health
            periodSeconds: 5
            failureThreshold: 3
          livenessProbe:
            httpGet:
              path: /healthz
              port: health
            {{- toYaml $.Values.livenessProbe | nindent 12 }}
          startupProbe:
            httpGet:
              path: /healthz
              port: health
            periodSeconds: 2
            failureThreshold: 60
          {{- if semverCompare ">=1.30.0-0" $.Capabilities.KubeVersion.Version }}
          lifecycle:
            preStop:
              sleep:
                seconds: 5 # the API server and the sidecars learn of the pod's end first
          {{- end }}
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          securityContext:
            {{- toYaml $.Values.securityContext | nindent 12 }}
          terminationMessagePolicy: FallbackToLogsOnError
          volumeMounts:
            - name: tmp
              mountPath: /tmp
            {{- with .tlsSecret }}
            - name: tls
              mountPath: /var/run/secrets/spanthrift/tls
              readOnly: true
            {{- end }}
      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: {{ $.Values.tmp.sizeLimit }}
        {{- with .tlsSecret }}
        - name: tls
          secret:
            secretName: {{ . }}
        {{- end }}
{{- end }}

{{- define "spanthrift.component.env" -}}
{{- $ := .context -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- if (.values.resources.limits).memory }}
- name: SPANTHRIFT_MEMORY
  valueFrom:
    resourceFieldRef:
      resource: limits.memory
{{- end }}
{{- with .values.javaOptions }}
- name: SPANTHRIFT_JAVA_OPTS
  value: {{ . | quote }}
{{- end }}
{{- with .values.extraEnvs }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "spanthrift.component.disruptionbudget" -}}
{{- if gt (int .values.replicaCount) 1 }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "spanthrift.component.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "spanthrift.component.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end }}

{{- define "spanthrift.component.serviceaccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "spanthrift.component.metadata" . | nindent 2 }}
  {{- with .context.Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}

{{/* What sidecars get where no annotation says otherwise; the same for `./spanthrift inject`. */}}
{{- define "spanthrift.sidecar.args" -}}
- --image={{ include "spanthrift.image" . }}
- --pull-policy={{ .Values.image.pullPolicy }}
- --upstream={{ .Values.destination.endpoint }}
- --upstream-protocol={{ .Values.destination.protocol }}
- --mode={{ ternary "enforce" "shadow" .Values.injection.enforce }}
- --cpu-request={{ .Values.sidecar.resources.requests.cpu }}
- --memory-request={{ .Values.sidecar.resources.requests.memory }}
- --memory-limit={{ .Values.sidecar.resources.limits.memory }}
- --run-as-user={{ default 0 .Values.securityContext.runAsUser | int }}
{{- with .Values.fleet.url }}
- --fleet-url={{ . }}
{{- end }}
{{- with .Values.injection.revision }}
- --revision={{ . }}
{{- end }}
{{- with include "spanthrift.controller.url" . }}
- --controller={{ . }}
{{- end }}
{{- with include "spanthrift.controller.ca" . }}
- --controller-ca={{ . }}
{{- end }}
{{- end }}

{{- define "spanthrift.controller.url" -}}
{{- if .Values.controller.enabled -}}
https://{{ include "spanthrift.component.name" (dict "context" . "component" "controller") }}.{{ include "spanthrift.namespace" . }}.svc
{{- end }}
{{- end }}

{{/* ConfigMap of each namespace by which sidecars know the controller: its own, or somebody's; nothing means the JVM's authorities. */}}
{{- define "spanthrift.controller.ca" -}}
{{- if .Values.controller.enabled -}}
{{- $own := printf "%s-controller-ca" (include "spanthrift.cluster.name" . | trunc 200 | trimSuffix "-") -}}
{{- default (ternary "" $own (not (empty .Values.controller.tls.secretName))) .Values.controller.tls.caConfigMap }}
{{- end }}
{{- end }}

{{- define "spanthrift.injector.args" -}}
{{- $name := include "spanthrift.component.name" (dict "context" . "component" "injector") -}}
- injector
- --host=0.0.0.0
- --port={{ .Values.injector.port }}
- --admin-host=0.0.0.0
- --admin-port=4321
- --service={{ $name }}
- --configuration={{ include "spanthrift.cluster.name" . }}
- --secret={{ $name }}
- --lease={{ $name }}
{{ include "spanthrift.sidecar.args" . }}
{{- end }}

{{- define "spanthrift.controller.args" -}}
{{- $name := include "spanthrift.component.name" (dict "context" . "component" "controller") -}}
- controller
- --host=0.0.0.0
- --port={{ .Values.controller.port }}
- --admin-host=0.0.0.0
- --admin-port=4321
- --audience=spanthrift
- --lease={{ $name }}
{{- if .Values.controller.tls.secretName }}
- --tls-certificate=/var/run/secrets/spanthrift/tls/tls.crt
- --tls-key=/var/run/secrets/spanthrift/tls/tls.key
{{- else }}
- --ca-config-map={{ include "spanthrift.controller.ca" . }}
- --service={{ $name }}
- --secret={{ $name }}
{{- end }}
{{- end }}
