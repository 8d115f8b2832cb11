{{/*
What a MutatingAdmissionPolicy adds, as the injector would (PodInjector; PolicyModeKubeIT holds both together).
A text that begins with CEL: is an expression.
*/}}
{{- define "spanthrift.injected.container" -}}
name: spanthrift
image: {{ include "spanthrift.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
restartPolicy: Always
args:
  - run
  - --lenient
env:
  - name: SPANTHRIFT_MODE
    value: "CEL:variables.mode"
  - name: SPANTHRIFT_ADMIN_HOST
    value: 0.0.0.0
  - name: SPANTHRIFT_STATE_DIR
    value: /var/lib/spanthrift
  - name: SPANTHRIFT_MEMORY
    value: {{ .Values.sidecar.resources.limits.memory | quote }}
  - name: OTEL_EXPORTER_OTLP_ENDPOINT
    value: "CEL:variables.upstream"
  - name: OTEL_EXPORTER_OTLP_PROTOCOL
    value: "CEL:variables.upstreamProtocol"
  {{- with .Values.fleet.url }}
  - name: SPANTHRIFT_FLEET_URL
    value: {{ . | quote }}
  {{- end }}
  {{- with include "spanthrift.controller.url" . }}
  - name: SPANTHRIFT_CONTROLLER_URL
    value: {{ . | quote }}
  - name: SPANTHRIFT_CONTROLLER_TOKEN_FILE
    value: /var/run/secrets/spanthrift/controller/token
  - name: SPANTHRIFT_CONTROLLER_LABELS_FILE
    value: /var/run/secrets/spanthrift/controller/labels
  {{- if include "spanthrift.controller.ca" $ }}
  - name: SPANTHRIFT_CONTROLLER_CA_FILE
    value: /var/run/secrets/spanthrift/controller/ca.crt
  {{- end }}
  {{- end }}
ports:
  - name: otlp-grpc
    containerPort: 4317
    protocol: TCP
  - name: otlp-http
    containerPort: 4318
    protocol: TCP
  - name: spanthrift
    containerPort: 4321
    protocol: TCP
resources:
  {{- toYaml .Values.sidecar.resources | nindent 2 }}
livenessProbe:
  httpGet:
    path: /healthz
    port: 4321
  {{- toYaml .Values.livenessProbe | nindent 2 }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
  - name: spanthrift-state
    mountPath: /var/lib/spanthrift
  - name: spanthrift-tmp
    mountPath: /tmp
  - name: spanthrift-tmp
    mountPath: /var/run/secrets/kubernetes.io/serviceaccount
    readOnly: true
    subPath: no-api-token
  {{- if include "spanthrift.controller.url" . }}
  - name: spanthrift-controller
    mountPath: /var/run/secrets/spanthrift/controller
    readOnly: true
  {{- end }}
{{- end }}

{{- define "spanthrift.injected.volumes" -}}
- name: spanthrift-state
  emptyDir:
    sizeLimit: {{ .Values.state.sizeLimit }}
- name: spanthrift-tmp
  emptyDir:
    sizeLimit: {{ .Values.tmp.sizeLimit }}
{{- if include "spanthrift.controller.url" . }}
- name: spanthrift-controller
  projected:
    sources:
      - serviceAccountToken:
          audience: spanthrift
          expirationSeconds: 43200
          path: token
      - downwardAPI:
          items:
            - path: labels
              fieldRef:
                fieldPath: metadata.labels
      {{- with include "spanthrift.controller.ca" . }}
      - configMap:
          name: {{ . }}
          optional: true
          items:
            - key: ca.crt
              path: ca.crt
      {{- end }}
{{- end }}
{{- end }}

{{/* A value as a CEL literal; dyn, because the API server's CEL wants lists and maps of one type. */}}
{{- define "spanthrift.cel" -}}
{{- if kindIs "map" . -}}
{ {{- range $i, $key := keys . | sortAlpha }}{{ if $i }}, {{ end }}{{ $key | quote }}: dyn({{ include "spanthrift.cel" (get $ $key) }}){{ end -}} }
{{- else if kindIs "slice" . -}}
[ {{- range $i, $item := . }}{{ if $i }}, {{ end }}dyn({{ include "spanthrift.cel" $item }}){{ end -}} ]
{{- else if kindIs "string" . -}}
{{- if hasPrefix "CEL:" . }}{{ trimPrefix "CEL:" . }}{{ else }}{{ . | quote }}{{ end -}}
{{- else if kindIs "float64" . -}}
{{ int64 . }}
{{- else -}}
{{ . }}
{{- end -}}
{{- end }}
