// The module that the jar becomes once everything is in it, under the names that things have there.
module io.cordee {
  exports io.cordee;
  exports io.cordee.function;

  requires java.logging;
  requires java.management;
  requires java.naming;
  requires jdk.jfr;
  requires jdk.management;
  requires jdk.unsupported;
  requires org.slf4j;
  requires static java.sql;

  uses io.cordee.common.optimizer.OptimizerProvider;
  uses io.cordee.function.FunctionProvider;
  uses io.cordee.shaded.grpc.LoadBalancerProvider;
  uses io.cordee.shaded.grpc.ManagedChannelProvider;
  uses io.cordee.shaded.grpc.NameResolverProvider;
  uses io.cordee.shaded.grpc.ServerProvider;

  provides io.cordee.shaded.grpc.LoadBalancerProvider with
      io.cordee.shaded.grpc.internal.PickFirstLoadBalancerProvider;
  provides io.cordee.shaded.grpc.ManagedChannelProvider with
      io.grpc.netty.shaded.io.grpc.netty.NettyChannelProvider;
  provides io.cordee.shaded.grpc.NameResolverProvider with
      io.cordee.shaded.grpc.internal.DnsNameResolverProvider;
  provides io.cordee.shaded.grpc.ServerProvider with
      io.grpc.netty.shaded.io.grpc.netty.NettyServerProvider;
}
