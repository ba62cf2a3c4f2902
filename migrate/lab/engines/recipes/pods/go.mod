module logmig.local/engines/pods

go 1.22
