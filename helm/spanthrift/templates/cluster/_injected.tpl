{{/*
Made from the injector's Java by PolicyTemplate (mvn test -pl helm -Dhelm.update=true): not to be edited.
*/}}
{{- define "spanthrift.injected.container" -}}
"spanthrift"
{{- end }}
{{- define "spanthrift.injected.meshes" -}}
["consul-connect-inject-init", "consul-dataplane", "istio-init", "istio-proxy", "istio-validation", "kuma-init", "kuma-sidecar", "kuma-validation", "linkerd-init", "linkerd-network-validator", "linkerd-proxy"]
{{- end }}
{{- define "spanthrift.injected.sidecars" -}}
["cloud-sql-proxy", "config-reloader", "daprd", "otc-container", "vault-agent"]
{{- end }}
{{- define "spanthrift.injected.volumes" -}}
["spanthrift-config", "spanthrift-controller", "spanthrift-policy", "spanthrift-state", "spanthrift-tmp", "spanthrift-token"]
{{- end }}
{{- define "spanthrift.injected.ports" -}}
[4317, 4318, 4321]
{{- end }}
{{- define "spanthrift.injected.closedNamespaces" -}}
- kube-node-lease
- kube-public
- kube-system
{{- end }}
{{- define "spanthrift.injected.leastMemory" -}}
"176Mi"
{{- end }}
{{- define "spanthrift.injected.ownerAttributes" -}}
{"CronJob": "k8s.cronjob.name", "DaemonSet": "k8s.daemonset.name", "Deployment": "k8s.deployment.name", "Job": "k8s.job.name", "ReplicaSet": "k8s.replicaset.name", "StatefulSet": "k8s.statefulset.name"}
{{- end }}
{{- define "spanthrift.injected.evictable" -}}
["spanthrift-state", "spanthrift-tmp"]
{{- end }}
{{- define "spanthrift.injected.options" -}}
- name: mode
  expression: >-
    variables.annotations[?"spanthrift.dev/mode"].orValue(variables.namespaceAnnotations[?"spanthrift.dev/mode"].orValue({{ ternary "enforce" "shadow" .Values.injection.enforce | quote }})).trim()
- name: upstream
  expression: >-
    variables.annotations[?"spanthrift.dev/upstream"].orValue(variables.namespaceAnnotations[?"spanthrift.dev/upstream"].orValue({{ .Values.destination.endpoint | quote }})).trim()
- name: upstreamProtocol
  expression: >-
    variables.annotations[?"spanthrift.dev/upstream-protocol"].orValue(variables.namespaceAnnotations[?"spanthrift.dev/upstream-protocol"].orValue({{ .Values.destination.protocol | quote }})).trim()
- name: upstreamHeadersSecret
  expression: >-
    variables.annotations[?"spanthrift.dev/upstream-headers-secret"].orValue(variables.namespaceAnnotations[?"spanthrift.dev/upstream-headers-secret"].orValue("")).trim()
- name: config
  expression: >-
    variables.annotations[?"spanthrift.dev/config"].orValue(variables.namespaceAnnotations[?"spanthrift.dev/config"].orValue("")).trim()
- name: policy
  expression: >-
    variables.annotations[?"spanthrift.dev/policy"].orValue(variables.namespaceAnnotations[?"spanthrift.dev/policy"].orValue("")).trim()
- name: operatorTokenSecret
  expression: >-
    variables.annotations[?"spanthrift.dev/operator-token-secret"].orValue(variables.namespaceAnnotations[?"spanthrift.dev/operator-token-secret"].orValue("")).trim()
- name: cpuRequest
  expression: >-
    variables.annotations[?"spanthrift.dev/cpu-request"].orValue(variables.namespaceAnnotations[?"spanthrift.dev/cpu-request"].orValue({{ .Values.sidecar.resources.requests.cpu | quote }})).trim()
- name: memoryRequest
  expression: >-
    variables.annotations[?"spanthrift.dev/memory-request"].orValue(variables.namespaceAnnotations[?"spanthrift.dev/memory-request"].orValue("")).trim()
- name: memoryLimit
  expression: >-
    variables.annotations[?"spanthrift.dev/memory-limit"].orValue(variables.namespaceAnnotations[?"spanthrift.dev/memory-limit"].orValue({{ .Values.sidecar.resources.limits.memory | quote }})).trim()
- name: holdApplication
  expression: >-
    variables.annotations[?"spanthrift.dev/hold-application"].orValue(variables.namespaceAnnotations[?"spanthrift.dev/hold-application"].orValue("false")).trim()
{{- end }}
{{- define "spanthrift.injected.patch" -}}
variables.targets.filter(i, !has(object.spec.containers[i].env)).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env", value: []})

+ variables.targets.filter(i, !("OTEL_EXPORTER_OTLP_ENDPOINT" in variables.names[i] || "OTEL_EXPORTER_OTLP_PROTOCOL" in variables.references[i])).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-",
  value: {
    "name": dyn("OTEL_EXPORTER_OTLP_ENDPOINT"),
    "value": dyn(variables.protocols[i] == "grpc" ? "http://127.0.0.1:4317" : "http://127.0.0.1:4318")
  }})

+ variables.targets.filter(i, !(["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"].exists(n, n in variables.names[i]))).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-",
  value: {"name": dyn("OTEL_EXPORTER_OTLP_PROTOCOL"), "value": dyn("http/protobuf")}})

+ variables.targets.filter(i, !(["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"].exists(n, n in variables.names[i]) || "OTEL_EXPORTER_OTLP_PROTOCOL" in variables.references[i] || !variables.environments[i].exists(e, e.name == "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" && !has(e.valueFrom) && (e.?value.orValue("") == "grpc") != (variables.protocols[i] == "grpc")))).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-",
  value: {
    "name": dyn("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
    "value": dyn(variables.protocols[i] == "grpc" ? "http://127.0.0.1:4318/v1/traces" : "http://127.0.0.1:4317")
  }})

+ variables.targets.filter(i, !(["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"].exists(n, n in variables.names[i]) || "OTEL_EXPORTER_OTLP_PROTOCOL" in variables.references[i] || !variables.environments[i].exists(e, e.name == "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL" && !has(e.valueFrom) && (e.?value.orValue("") == "grpc") != (variables.protocols[i] == "grpc")))).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-",
  value: {
    "name": dyn("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"),
    "value": dyn(variables.protocols[i] == "grpc" ? "http://127.0.0.1:4318/v1/metrics" : "http://127.0.0.1:4317")
  }})

+ variables.targets.filter(i, !(["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"].exists(n, n in variables.names[i]) || "OTEL_EXPORTER_OTLP_PROTOCOL" in variables.references[i] || !variables.environments[i].exists(e, e.name == "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL" && !has(e.valueFrom) && (e.?value.orValue("") == "grpc") != (variables.protocols[i] == "grpc")))).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-",
  value: {
    "name": dyn("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"),
    "value": dyn(variables.protocols[i] == "grpc" ? "http://127.0.0.1:4318/v1/logs" : "http://127.0.0.1:4317")
  }})

+ variables.targets.filter(i, !("OTEL_SERVICE_NAME" in variables.names[i] || "OTEL_RESOURCE_ATTRIBUTES" in variables.references[i] || variables.namesItsService[i] || variables.ownerName == "")).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-",
  value: {"name": dyn("OTEL_SERVICE_NAME"), "value": dyn(variables.ownerName)}})

+ variables.targets.filter(i, !(["OTEL_RESOURCE_ATTRIBUTES", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME"].exists(n, n in variables.names[i]))).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-",
  value: {
    "name": dyn("OTEL_RESOURCE_ATTRIBUTES_POD_NAME"),
    "valueFrom": dyn({"fieldRef": dyn({"fieldPath": dyn("metadata.name")})})
  }})

+ variables.targets.filter(i, !(["OTEL_RESOURCE_ATTRIBUTES", "OTEL_RESOURCE_ATTRIBUTES_POD_UID"].exists(n, n in variables.names[i]))).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-",
  value: {
    "name": dyn("OTEL_RESOURCE_ATTRIBUTES_POD_UID"),
    "valueFrom": dyn({"fieldRef": dyn({"fieldPath": dyn("metadata.uid")})})
  }})

+ variables.targets.filter(i, !(["OTEL_RESOURCE_ATTRIBUTES", "OTEL_RESOURCE_ATTRIBUTES_POD_IP"].exists(n, n in variables.names[i]))).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-",
  value: {
    "name": dyn("OTEL_RESOURCE_ATTRIBUTES_POD_IP"),
    "valueFrom": dyn({"fieldRef": dyn({"fieldPath": dyn("status.podIP")})})
  }})

+ variables.targets.filter(i, !(["OTEL_RESOURCE_ATTRIBUTES", "OTEL_RESOURCE_ATTRIBUTES_NODE_NAME"].exists(n, n in variables.names[i]))).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-",
  value: {
    "name": dyn("OTEL_RESOURCE_ATTRIBUTES_NODE_NAME"),
    "valueFrom": dyn({"fieldRef": dyn({"fieldPath": dyn("spec.nodeName")})})
  }})

+ variables.targets.filter(i, !("OTEL_RESOURCE_ATTRIBUTES" in variables.names[i])).map(i, JSONPatch{op: "add", path: "/spec/containers/" + string(i) + "/env/-",
  value: {
    "name": dyn("OTEL_RESOURCE_ATTRIBUTES"),
    "value": dyn("k8s.namespace.name=" + request.namespace + ",k8s.pod.name=$(OTEL_RESOURCE_ATTRIBUTES_POD_NAME),k8s.pod.uid=$(OTEL_RESOURCE_ATTRIBUTES_POD_UID),k8s.pod.ip=$(OTEL_RESOURCE_ATTRIBUTES_POD_IP),k8s.node.name=$(OTEL_RESOURCE_ATTRIBUTES_NODE_NAME),k8s.container.name=" + object.spec.containers[i].name + variables.ownerAttribute)
  }})

+ (has(object.spec.initContainers) ? [] : [JSONPatch{op: "add", path: "/spec/initContainers", value: []}])

+ [JSONPatch{op: "add", path: "/spec/initContainers/" + string(variables.position), value: {
  "name": dyn("spanthrift"),
  "image": dyn({{ include "spanthrift.image" . | quote }}),
  "imagePullPolicy": dyn({{ .Values.image.pullPolicy | quote }}),
  "restartPolicy": dyn("Always"),
  "args": dyn([dyn("run"), dyn("--lenient")]
  + (variables.config != "" ? [dyn("--config"), dyn("/etc/spanthrift/spanthrift.yaml")] : [])),
  "env": dyn([
    dyn({"name": dyn("SPANTHRIFT_MODE"), "value": dyn(variables.mode)}),
    dyn({"name": dyn("SPANTHRIFT_ADMIN_HOST"), "value": dyn("0.0.0.0")}),
    dyn({"name": dyn("SPANTHRIFT_STATE_DIR"), "value": dyn("/var/lib/spanthrift")}),
    dyn({"name": dyn("SPANTHRIFT_MEMORY"), "value": dyn(string(variables.mebibytes) + "Mi")})
  ]
  + (variables.upstream != "" ? [
    dyn({"name": dyn("OTEL_EXPORTER_OTLP_ENDPOINT"), "value": dyn(variables.upstream)}),
    dyn({"name": dyn("OTEL_EXPORTER_OTLP_PROTOCOL"), "value": dyn(variables.upstreamProtocol)})
  ] : [])
  + (variables.upstreamHeadersSecret != "" ? [
    dyn({
      "name": dyn("OTEL_EXPORTER_OTLP_HEADERS"),
      "valueFrom": dyn({
        "secretKeyRef": dyn({"name": dyn(variables.upstreamHeadersSecret), "key": dyn("headers"), "optional": dyn(true)})
      })
    })
  ] : [])
  + (variables.operatorTokenSecret != "" ? [
    dyn({"name": dyn("SPANTHRIFT_ADMIN_OPERATOR_TOKEN_FILE"), "value": dyn("/var/run/secrets/spanthrift/token/token")})
  ] : [])
  {{- if .Values.fleet.url }}
  + [
    dyn({"name": dyn("SPANTHRIFT_FLEET_URL"), "value": dyn({{ .Values.fleet.url | quote }})})
  ]
  {{- end }}
  {{- if include "spanthrift.controller.url" . }}
  + [
    dyn({"name": dyn("SPANTHRIFT_CONTROLLER_URL"), "value": dyn({{ include "spanthrift.controller.url" . | quote }})}),
    dyn({"name": dyn("SPANTHRIFT_CONTROLLER_TOKEN_FILE"), "value": dyn("/var/run/secrets/spanthrift/controller/token")}),
    dyn({
      "name": dyn("SPANTHRIFT_CONTROLLER_LABELS_FILE"),
      "value": dyn("/var/run/secrets/spanthrift/controller/labels")
    })
  ]
  {{- end }}
  {{- if and (include "spanthrift.controller.url" .) (include "spanthrift.controller.ca" .) }}
  + [
    dyn({"name": dyn("SPANTHRIFT_CONTROLLER_CA_FILE"), "value": dyn("/var/run/secrets/spanthrift/controller/ca.crt")})
  ]
  {{- end }}
  {{- if include "spanthrift.controller.url" . }}
  + (variables.policy != "" ? [
    dyn({"name": dyn("SPANTHRIFT_CONTROLLER_BOOTSTRAP_FILE"), "value": dyn("/etc/spanthrift-policy/policy.yaml")})
  ] : [])
  {{- end }}),
  "ports": dyn([
    dyn({"name": dyn("otlp-grpc"), "containerPort": dyn(4317), "protocol": dyn("TCP")}),
    dyn({"name": dyn("otlp-http"), "containerPort": dyn(4318), "protocol": dyn("TCP")}),
    dyn({"name": dyn("spanthrift"), "containerPort": dyn(4321), "protocol": dyn("TCP")})
  ]),
  "resources": dyn({
    "requests": dyn({"cpu": dyn(variables.cpuRequest), "memory": dyn(variables.memoryRequested){{ range $name, $amount := omit .Values.sidecar.resources.requests "cpu" "memory" }}, {{ $name | quote }}: dyn({{ $amount | quote }}){{ end }}}),
    "limits": dyn({"memory": dyn(variables.memoryLimit){{ range $name, $amount := omit .Values.sidecar.resources.limits "memory" }}, {{ $name | quote }}: dyn({{ $amount | quote }}){{ end }}})
  }),
  "livenessProbe": dyn({
    "httpGet": dyn({"path": dyn("/healthz"), "port": dyn(4321)}),
    "periodSeconds": dyn(20),
    "failureThreshold": dyn(3),
    "timeoutSeconds": dyn(5)
  }),
  ?"startupProbe": variables.holdApplication == "true" ? optional.of(dyn({
    "httpGet": dyn({"path": dyn("/readyz"), "port": dyn(4321)}),
    "periodSeconds": dyn(1),
    "failureThreshold": dyn(120)
  })) : optional.none(),
  "securityContext": dyn({
    "runAsNonRoot": dyn(true)
    {{- if .Values.securityContext.runAsUser }},
    "runAsUser": dyn({{ int .Values.securityContext.runAsUser }})
    {{- end }}
    {{- if .Values.securityContext.runAsUser }},
    "runAsGroup": dyn({{ int .Values.securityContext.runAsUser }})
    {{- end }},
    "allowPrivilegeEscalation": dyn(false),
    "readOnlyRootFilesystem": dyn(true),
    "privileged": dyn(false),
    "capabilities": dyn({"drop": dyn([dyn("ALL")])}),
    "seccompProfile": dyn({"type": dyn("RuntimeDefault")})
  }),
  "terminationMessagePolicy": dyn("FallbackToLogsOnError"),
  "volumeMounts": dyn([
    dyn({"name": dyn("spanthrift-state"), "mountPath": dyn("/var/lib/spanthrift")}),
    dyn({"name": dyn("spanthrift-tmp"), "mountPath": dyn("/tmp")}),
    dyn({
      "name": dyn("spanthrift-tmp"),
      "mountPath": dyn("/var/run/secrets/kubernetes.io/serviceaccount"),
      "readOnly": dyn(true),
      "subPath": dyn("no-api-token")
    })
  ]
  + (variables.config != "" ? [
    dyn({"name": dyn("spanthrift-config"), "mountPath": dyn("/etc/spanthrift"), "readOnly": dyn(true)})
  ] : [])
  + (variables.operatorTokenSecret != "" ? [
    dyn({"name": dyn("spanthrift-token"), "mountPath": dyn("/var/run/secrets/spanthrift/token"), "readOnly": dyn(true)})
  ] : [])
  {{- if include "spanthrift.controller.url" . }}
  + [
    dyn({
      "name": dyn("spanthrift-controller"),
      "mountPath": dyn("/var/run/secrets/spanthrift/controller"),
      "readOnly": dyn(true)
    })
  ]
  {{- end }}
  {{- if include "spanthrift.controller.url" . }}
  + (variables.policy != "" ? [
    dyn({"name": dyn("spanthrift-policy"), "mountPath": dyn("/etc/spanthrift-policy"), "readOnly": dyn(true)})
  ] : [])
  {{- end }})
}}]

+ (has(object.spec.volumes) ? [] : [JSONPatch{op: "add", path: "/spec/volumes", value: []}])

+ [JSONPatch{op: "add", path: "/spec/volumes/-", value: {"name": dyn("spanthrift-state"), "emptyDir": dyn({"sizeLimit": dyn("256Mi")})}}]

+ [JSONPatch{op: "add", path: "/spec/volumes/-", value: {"name": dyn("spanthrift-tmp"), "emptyDir": dyn({"sizeLimit": dyn("64Mi")})}}]

+ (variables.config != "" ? [JSONPatch{op: "add", path: "/spec/volumes/-", value: {"name": dyn("spanthrift-config"), "configMap": dyn({"name": dyn(variables.config), "optional": dyn(true)})}}] : [])

+ (variables.operatorTokenSecret != "" ? [JSONPatch{op: "add", path: "/spec/volumes/-", value: {
  "name": dyn("spanthrift-token"),
  "secret": dyn({
    "secretName": dyn(variables.operatorTokenSecret),
    "optional": dyn(true),
    "items": dyn([dyn({"key": dyn("token"), "path": dyn("token")})])
  })
}}] : [])

{{- if include "spanthrift.controller.url" . }}
+ [JSONPatch{op: "add", path: "/spec/volumes/-", value: {
  "name": dyn("spanthrift-controller"),
  "projected": dyn({
    "sources": dyn([
      dyn({
        "serviceAccountToken": dyn({"audience": dyn("spanthrift"), "expirationSeconds": dyn(43200), "path": dyn("token")})
      }),
      dyn({
        "downwardAPI": dyn({
          "items": dyn([
            dyn({"path": dyn("labels"), "fieldRef": dyn({"fieldPath": dyn("metadata.labels")})})
          ])
        })
      })
    ]
    {{- if include "spanthrift.controller.ca" . }}
    + [
      dyn({
        "configMap": dyn({
          "name": dyn({{ include "spanthrift.controller.ca" . | quote }}),
          "optional": dyn(true),
          "items": dyn([dyn({"key": dyn("ca.crt"), "path": dyn("ca.crt")})])
        })
      })
    ]
    {{- end }})
  })
}}]
{{- end }}

{{- if include "spanthrift.controller.url" . }}
+ (variables.policy != "" ? [JSONPatch{op: "add", path: "/spec/volumes/-", value: {"name": dyn("spanthrift-policy"), "configMap": dyn({"name": dyn(variables.policy), "optional": dyn(true)})}}] : [])
{{- end }}

+ (has(object.metadata.annotations) ? [] : [JSONPatch{op: "add", path: "/metadata/annotations", value: {}}])

+ ("kubectl.kubernetes.io/default-container" in variables.annotations ? [] : [JSONPatch{op: "add", path: "/metadata/annotations/kubectl.kubernetes.io~1default-container", value: object.spec.containers[variables.targets[0]].name}])

+ ("kubectl.kubernetes.io/default-logs-container" in variables.annotations ? [] : [JSONPatch{op: "add", path: "/metadata/annotations/kubectl.kubernetes.io~1default-logs-container", value: object.spec.containers[variables.targets[0]].name}])

+ [JSONPatch{op: "add", path: "/metadata/annotations/cluster-autoscaler.kubernetes.io~1safe-to-evict-local-volumes", value: variables.evictable}]

+ [JSONPatch{op: "add", path: "/metadata/annotations/spanthrift.dev~1injected-by", value: {{ default "default" .Values.injection.revision | quote }}}]

+ (has(object.metadata.labels) ? [] : [JSONPatch{op: "add", path: "/metadata/labels", value: {}}])

+ [JSONPatch{op: "add", path: "/metadata/labels/spanthrift.dev~1injected", value: "true"}]
{{- end }}
