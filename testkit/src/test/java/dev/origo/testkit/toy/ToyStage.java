package dev.origo.testkit.toy;

import dev.origo.embedded.kube.KubernetesModel;
import dev.origo.embedded.kube.ServiceDraft;
import dev.origo.model.NodeSnapshot;
import dev.origo.model.Scheme;
import dev.origo.testkit.Blueprint;
import dev.origo.testkit.Replica;
import dev.origo.testkit.Simulation;
import dev.origo.testkit.Stage;
import dev.origo.testkit.World;
import dev.origo.testkit.toy.ToyState.Mark;

/// Two nodes and a toy cloud with someone else's balancer.
final class ToyStage implements Stage, AutoCloseable {
    private ToyCloud cloud = new ToyCloud(new Simulation(0));

    @Override
    public World open(long seed) {
        Simulation simulation = new Simulation(seed);
        cloud = new ToyCloud(simulation);
        World world = new World(simulation, cloud);
        cloud.createBalancer(
                new Mark("blue/another-uid", "default/web", "foreign"), Scheme.INTERNET_FACING);
        world.beginsHere();
        world.node(node(1));
        world.node(node(2));
        return world;
    }

    @Override
    public Replica boot(World world) {
        return world.start(Toy.blueprint(cloud));
    }

    Replica boot(World world, Blueprint blueprint) {
        return world.start(blueprint);
    }

    ToyCloud cloud() {
        return cloud;
    }

    static NodeSnapshot node(int number) {
        return KubernetesModel.newNode("node-" + number, "toy:///" + number, "10.0.0." + number);
    }

    static ServiceDraft web() {
        return ServiceDraft.balanced(Toy.CLASS, 80, 443);
    }

    @Override
    public void close() {}
}
