package sql_test

import "github.com/lintu-map/lintu"

// everywhere is who may change everything.
var everywhere = lintu.Actor{Name: "planner", Within: lintu.Jurisdiction}

// everyone is a viewer whom all layers are shown.
func everyone() *lintu.Viewer {
	return &lintu.Viewer{Tenant: tenant, Account: lintu.NewID(), Public: lintu.PublicByDefault(), Grants: []lintu.Grant{
		{Role: lintu.RolePlanner, Scope: lintu.Scope{Kind: lintu.Everywhere}}}}
}
