{{/* The name of everything: the release's, with the chart's where the release does not say it already. */}}
{{- define "origo.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "origo.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "origo.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* The lease that the replicas share: by default the one that Origo chooses itself. */}}
{{- define "origo.leaseName" -}}
{{- default (printf "origo-%s" .Values.provider) .Values.leaseName -}}
{{- end -}}

{{- define "origo.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "origo.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{ include "origo.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "origo.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The class that a Service names in the examples of NOTES.txt. */}}
{{- define "origo.firstClass" -}}
{{- first (append .Values.loadBalancerClasses (printf "origo.dev/%s" .Values.provider)) -}}
{{- end -}}
