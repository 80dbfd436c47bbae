package dev.origo.embedded.aws;

import software.amazon.awssdk.awscore.AwsRequest;

/// One API call as it arrives: the service, the action as AWS names it (`CreateListener`), whether
/// it may change anything, and the request itself.
public record Call(Family family, String action, boolean write, AwsRequest request) {

    /// A service with its own throttle and its own spelling of errors.
    public enum Family {
        ELB,
        EC2
    }

    static Call of(Family family, String action, AwsRequest request) {
        return new Call(family, action, !action.startsWith("Describe"), request);
    }

    /// Source: EC2, DryRun: "Checks whether you have the required permissions for the action,
    /// without actually making the request"; everything is permitted here.
    boolean dryRun() {
        return family == Family.EC2
                && request.getValueForField("DryRun", Boolean.class).orElse(false);
    }
}
