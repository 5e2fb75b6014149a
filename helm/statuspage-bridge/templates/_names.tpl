{{/* Names and labels that several objects share. */}}

{{- define "bridge.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "bridge.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "bridge.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What selects the pod: never to be changed, a Deployment's selector is immutable. */}}
{{- define "bridge.selectorLabels" -}}
app.kubernetes.io/name: {{ include "bridge.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "bridge.labels" -}}
{{ include "bridge.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- end -}}

{{- define "bridge.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "bridge.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* 55 leaves room for the suffix within a label's 63. */}}
{{- define "bridge.rulesConfigMapName" -}}
{{- .Values.existingConfigMap | default (printf "%s-rules" (include "bridge.fullname" . | trunc 55 | trimSuffix "-")) -}}
{{- end -}}

{{- define "bridge.automationConfigMapName" -}}
{{- printf "%s-cap" (include "bridge.fullname" . | trunc 55 | trimSuffix "-") -}}
{{- end -}}

{{- define "bridge.claimName" -}}
{{- .Values.persistence.existingClaim | default (printf "%s-state" (include "bridge.fullname" . | trunc 55 | trimSuffix "-")) -}}
{{- end -}}

{{- define "bridge.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "bridge.tokenKey" -}}
{{- .page.tokenKey | default (printf "token-%s" .name) -}}
{{- end -}}

{{/* The Secret's keys that this release reads, each once, as JSON: {"keys": […]}. */}}
{{- define "bridge.secretKeys" -}}
{{- $keys := list .Values.secret.installationSecretKey -}}
{{- range $name, $page := .Values.pages -}}
{{- $keys = append $keys (include "bridge.tokenKey" (dict "name" $name "page" $page)) -}}
{{- end -}}
{{- range .Values.prometheus -}}
{{- with .bearerTokenKey -}}
{{- $keys = append $keys . -}}
{{- end -}}
{{- end -}}
{{- with .Values.webhook.bearerTokenKey -}}
{{- $keys = append $keys . -}}
{{- end -}}
{{- with .Values.commands.bearerTokenKey -}}
{{- $keys = append $keys . -}}
{{- end -}}
{{- if .Values.drafts.webhookUrl -}}
{{- with .Values.drafts.webhookBearerTokenKey -}}
{{- $keys = append $keys . -}}
{{- end -}}
{{- end -}}
{{- if .Values.webhook.basic.username -}}
{{- $keys = append $keys .Values.webhook.basic.passwordKey -}}
{{- end -}}
{{- dict "keys" ($keys | uniq) | toJson -}}
{{- end -}}
