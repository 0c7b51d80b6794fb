{{/* Labels that select the pods of a component: (list . "server") */}}
{{- define "cordee.selector" -}}
{{- $top := index . 0 -}}
app.kubernetes.io/name: cordee
app.kubernetes.io/instance: {{ $top.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "cordee.labels" -}}
{{- $top := index . 0 -}}
{{ include "cordee.selector" . }}
app.kubernetes.io/version: {{ $top.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $top.Release.Service }}
helm.sh/chart: {{ $top.Chart.Name }}-{{ $top.Chart.Version }}
{{- end }}

{{/* How many processes share the vector. */}}
{{- define "cordee.shards" -}}
{{ if .Values.peers }}{{ .Values.workers }}{{ else }}{{ .Values.shards }}{{ end }}
{{- end }}

{{/* Where every shard listens, in order. The certificate has to be for these names. */}}
{{- define "cordee.servers" -}}
{{- $name := printf "%s-server" .Release.Name -}}
{{- range $shard := until (int (include "cordee.shards" .)) }}{{ if $shard }},{{ end }}{{ $name }}-{{ $shard }}.{{ $name }}:7311{{ end }}
{{- end }}

{{/* The volume with the files that the job names, if there are any. */}}
{{- define "cordee.data" -}}
{{- with .Values.data.claim }}
- name: data
  persistentVolumeClaim: {claimName: {{ . }}, readOnly: true}
{{- end }}
{{- with .Values.data.configMap }}
- name: data
  configMap: {name: {{ . }}}
{{- end }}
{{- end }}

{{- define "cordee.image" -}}
image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{- define "cordee.tokenSecret" -}}
{{ .Values.tokenSecret | default (printf "%s-token" .Release.Name) }}
{{- end }}

{{/* What all pods have in common. */}}
{{- define "cordee.pod" -}}
restartPolicy: Never
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "cordee.container" -}}
{{ include "cordee.image" . }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* A pod that is evicted or interrupted does not count as failed; one that was started wrongly is not started again. */}}
{{- define "cordee.failurePolicy" -}}
podReplacementPolicy: Failed
podFailurePolicy:
  rules:
    - action: FailJob
      onExitCodes: {containerName: {{ . }}, operator: In, values: [2]}
    - action: Ignore
      onExitCodes: {containerName: {{ . }}, operator: In, values: [130, 143]}
    - action: Ignore
      onPodConditions: [{type: DisruptionTarget, status: "True"}]
{{- end }}

{{/* Whether a server serves: (list . "host:port"). The kubelet's own gRPC probe speaks no TLS, and this one takes of the server's memory. */}}
{{- define "cordee.health" -}}
{{- if (index . 0).Values.insecure -}}
grpc: {port: 7311}
{{- else -}}
exec:
  command: [env, CORDEE_JAVA_OPTS=-Xmx32m, cordee, health, {{ index . 1 | quote }}, --tls-ca=/etc/cordee/tls/ca.crt]
{{- end }}
timeoutSeconds: 20
{{- end }}

{{/* Servers, and names. */}}
{{- define "cordee.egress" -}}
- ports: [{port: 7311}]
  to:
    - podSelector:
        matchLabels: {{- include "cordee.selector" (list . "server") | nindent 10 }}
- ports: [{port: 53, protocol: UDP}, {port: 53}]
{{- end }}
