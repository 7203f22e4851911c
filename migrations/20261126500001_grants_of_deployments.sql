-- A grant for a deployment is for one that the company has, and ends with it. What was granted for any other id meant nothing.
DELETE FROM access_grants AS held WHERE deployment_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM cloud_projects AS project
    WHERE project.cloud_project_id = held.deployment_id AND project.company_id = held.company_id);
ALTER TABLE cloud_projects
    ADD CONSTRAINT cloud_projects_of_company_key UNIQUE (cloud_project_id, company_id);
ALTER TABLE access_grants
    ADD CONSTRAINT access_grants_deployment_fkey FOREIGN KEY (deployment_id, company_id)
        REFERENCES cloud_projects (cloud_project_id, company_id) ON DELETE CASCADE;
CREATE INDEX access_grants_deployment_idx ON access_grants (deployment_id) WHERE deployment_id IS NOT NULL;
