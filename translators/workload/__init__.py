"""How an agent runs in a cluster: its DaemonSet, RBAC, kustomization and Helm values."""
